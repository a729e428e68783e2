import { ARCH } from '../../../lib/contract/arch.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { TemplateDefinition } from '../../../lib/contract/template-definition.ts'
import type { MethodContext } from '../request.ts'
import { mustRun } from '../sys/run.ts'
import { ENVIRONMENT } from '../sys/sys.ts'
import { INDEX_TARGETS, parseIndexTargets, sourceLines, transportOptions } from './apt-sources.ts'
import { BUILD_USER } from './build-user.ts'
import { packagesFor } from './packages.ts'

const KEPT_LINES = 40

/** What mmdebstrap says when a part begins, the step that stands for it, and how far that is. */
const PARTS = [
  { says: 'I: running apt-get update', step: 'update', label: 'Read the package lists', fraction: 0.02 },
  { says: 'I: downloading packages', step: 'download', label: 'Download packages', fraction: 0.1 },
  { says: 'I: extracting archives', step: 'extract', label: 'Extract the base system', fraction: 0.3 },
  { says: 'I: installing essential', step: 'essential', label: 'Install essential packages', fraction: 0.4 },
  { says: 'I: installing remaining', step: 'install', label: 'Install packages', fraction: 0.5 },
  { says: 'I: running --customize-hook', step: 'customize', label: 'Make it a VE', fraction: 0.75 },
  { says: 'I: cleaning package lists', step: 'clean', label: 'Clean up', fraction: 0.78 },
] as const

/** Passes lines on as log and tells the parts as progress; keeps the last lines for the problem. */
function follower(context: MethodContext) {
  const last: string[] = []
  let current: (typeof PARTS)[number] | undefined
  const turn = (next: (typeof PARTS)[number] | undefined, state: 'done' | 'failed') => {
    if (current !== undefined) context.progress({ step: current.step, label: current.label, state })
    current = next
    if (next !== undefined) {
      context.progress({ step: next.step, label: next.label, state: 'running', fraction: next.fraction })
    }
  }
  return {
    last,
    line: (raw: string) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is taken out
      const line = raw.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trimEnd()
      if (line === '') return
      const next = PARTS.find((part) => line.startsWith(part.says))
      if (next !== undefined && next !== current) turn(next, 'done')
      last.push(line)
      if (last.length > KEPT_LINES) last.shift()
      context.log(line)
    },
    end: (state: 'done' | 'failed') => turn(undefined, state),
  }
}

export type Build = {
  definition: TemplateDefinition
  /** An empty directory of the build's root; what is made is `<area>/root`. */
  area: string
  customize: string
  timeoutSeconds: number
}

function command(context: MethodContext, build: Build): string[] {
  const { definition, area } = build
  const targets = parseIndexTargets(mustRun(context.sys, INDEX_TARGETS).stdout)
  const sources = sourceLines(targets, definition.suite)
  if (sources.length === 0) {
    throw new Problem('template-build-failed', 'The apt of this host knows no Debian mirror to build from.')
  }
  const transport = transportOptions(mustRun(context.sys, ['apt-config', 'dump']).stdout)
  return [
    ...['timeout', '--kill-after=10', String(build.timeoutSeconds)],
    ...['setpriv', `--reuid=${BUILD_USER}`, `--regid=${BUILD_USER}`, '--clear-groups', '--inh-caps=-all'],
    ...['mmdebstrap', '--mode=unshare', '--variant=minbase', '--format=directory', '--verbose'],
    `--architectures=${ARCH[definition.arch].debian}`,
    `--include=${packagesFor(definition).join(',')}`,
    ...transport.map((option) => `--aptopt=${option}`),
    '--dpkgopt=force-unsafe-io',
    `--customize-hook=${build.customize}`,
    definition.suite,
    `${area}/root`,
    ...sources,
  ]
}

/** Builds `<area>/root` in a user namespace of the build user. Throws `template-build-failed`. */
export function runMmdebstrap(context: MethodContext, build: Build): void {
  const follow = follower(context)
  const result = context.sys.run(command(context, build), {
    cwd: build.area,
    env: { ...ENVIRONMENT, HOME: build.area, TMPDIR: build.area, DEBIAN_FRONTEND: 'noninteractive' },
    onLine: follow.line,
  })
  follow.end(result.code === 0 ? 'done' : 'failed')
  if (result.code === 0) return
  const late = result.code === 124 || result.code === 137
  const error = follow.last.find((line) => /^(E:|W: .*(failed|denied))/.test(line))
  const why = late
    ? `it was not ready after ${build.timeoutSeconds} s`
    : (error ?? `mmdebstrap ended with ${result.code}`)
  throw new Problem('template-build-failed', `The build failed: ${why}`, {
    context: { exitCode: result.code, stderrTail: follow.last.join('\n') },
  })
}
