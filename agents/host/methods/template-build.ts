import {
  type AgentParams,
  type AgentResult,
  HOST_PATHS,
  type TemplateCache,
} from '../../../lib/contract/agent-protocol.ts'
import { archFromUname, archRuns } from '../../../lib/contract/arch.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { machineOf } from '../facts/machine.ts'
import { space } from '../facts/space.ts'
import { withLock } from '../lock.ts'
import { cacheImage, cacheRecord } from '../paths.ts'
import { type MethodContext, step } from '../request.ts'
import { confined } from '../resources/confine.ts'
import { withRevert } from '../revert.ts'
import { removeCacheTrees } from '../storage/cache-tree.ts'
import { removeGrown } from '../storage/grown-images.ts'
import { replaceFileDurably } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { makeArea } from '../template/build-area.ts'
import { makeImage } from '../template/build-image.ts'
import { ensureBuildUser } from '../template/build-user.ts'
import { buildCgroup, clearBuild } from '../template/clear-build.ts'
import { CUSTOMIZE_SCRIPT } from '../template/customize-script.ts'
import { runMmdebstrap } from '../template/mmdebstrap.ts'

type Params = AgentParams<'template-build'>

/** Written by the build, so looked at before it is trusted to be a plain file. */
function builtFile(sys: Sys, path: string): string {
  if (sys.stat(path)?.kind === 'file') return path
  throw new Problem('template-build-failed', 'The build did not leave what it should.', { context: { path } })
}

function buildIn(context: MethodContext, area: string, rootId: number, params: Params): number {
  const { sys } = context
  const customize = `${area}/customize`
  sys.write(customize, CUSTOMIZE_SCRIPT, 0o755)
  const { timeoutSeconds } = params.limits
  runMmdebstrap(context, { definition: params.definition, area, customize, timeoutSeconds })
  return step(context, 'image', 'Make the disk image', () => {
    const { usedBytes } = space(sys, area)
    return makeImage(sys, area, rootId, usedBytes).sizeBytes
  })
}

/** The record goes before the image is replaced, so that none is ever taken for the other. */
function store(sys: Sys, cache: string, area: string, sizeBytes: number): TemplateCache {
  const image = `${cacheImage(cache)}.new`
  mustRun(sys, ['cp', '--sparse=always', builtFile(sys, `${area}/image`), image])
  const digest = mustRun(sys, ['sha256sum', image]).stdout.slice(0, 64)
  sys.run(['sync', image])
  const packages = Number.parseInt(sys.read(builtFile(sys, `${area}/packages`)) ?? '0', 10)
  const diskBytes = sys.stat(image)?.diskBytes ?? 0
  const record: TemplateCache = { cache, digest: `sha256:${digest}`, sizeBytes, diskBytes, packages }
  sys.remove(cacheRecord(cache))
  sys.rename(image, cacheImage(cache))
  removeGrown(sys, cache)
  removeCacheTrees(sys, cache)
  replaceFileDurably(sys, cacheRecord(cache), JSON.stringify(record))
  return record
}

function build(context: MethodContext, params: Params): TemplateCache {
  const { sys, key } = context
  const { cache, limits } = params
  return withRevert((revert) => {
    const ids = step(context, 'prepare', 'Prepare the build', () => ensureBuildUser(sys, key))
    clearBuild(sys, cache) // what an agent that was killed left behind
    revert.push('build', () => clearBuild(sys, cache))
    const area = makeArea(sys, cache, ids, limits.diskBytes)
    const work = () => buildIn(context, area, ids.root, params)
    const sizeBytes = confined(sys, buildCgroup(cache), limits, work)
    const record = step(context, 'store', 'Put it into the cache', () => store(sys, cache, area, sizeBytes))
    clearBuild(sys, cache)
    return record
  })
}

export function templateBuild(context: MethodContext, params: Params): AgentResult<'template-build'> {
  const { sys } = context
  const host = archFromUname(machineOf(sys))
  if (host === null || !archRuns(host, params.definition.arch)) {
    throw new Problem(
      'architecture-mismatch',
      `This host is ${host ?? machineOf(sys)} and cannot build for ${params.definition.arch}.`,
    )
  }
  if (sys.stat(HOST_PATHS.vz) === null) {
    throw new Problem('no-disk-space', `There is no ${HOST_PATHS.vz} on this host.`)
  }
  return withLock(sys, `template-${params.cache}`, `The template ${params.cache}`, context.key, () =>
    build(context, params),
  )
}
