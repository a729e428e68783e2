import { readdirSync, readFileSync } from 'node:fs'
import { SetupProblem } from '../setup/setup-problem.ts'

/** Where this machine gets Debian from. */
export type DebianSources = {
  /** The archive as this machine's apt names it, such as http://HOST/debian. */
  archive: string
  /** Every http or https address of this release in apt's sources: archive, security, … */
  all: string[]
}

type Source = { uri: string; suites: string[]; components: string[] }

/** Both formats: one-line (`.list`) and deb822 (`.sources`). */
export function parseSources(text: string, format: 'list' | 'sources'): Source[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  if (format === 'list') return lines.flatMap(parseOneLine)
  return lines
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap(parseStanza)
}

function parseOneLine(line: string): Source[] {
  const [, uri, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line) ?? []
  if (!uri || !suite) return []
  return [{ uri, suites: [suite], components: words(components) }]
}

function parseStanza(stanza: string): Source[] {
  const fields = new Map(
    [...stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)].map(([, name, value]) => [
      name?.toLowerCase(),
      words(value),
    ]),
  )
  const field = (name: string) => fields.get(name) ?? []
  if (!field('types').includes('deb') || field('enabled')[0] === 'no') return []
  return field('uris').map((uri) => ({ uri, suites: field('suites'), components: field('components') }))
}

const words = (text = '') => text.split(/\s+/).filter(Boolean)

/** Cloud images point apt at a list of mirrors in a file: its first one counts. */
function resolveMirrorFile(uri: string): string {
  const file = /^mirror\+file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1]
  if (!file) return uri
  const first = readFileSync(file, 'utf8')
    .split('\n')
    .find((line) => line.trim() && !line.startsWith('#'))
  return first?.split(/\s+/)[0] ?? uri
}

/** Throws SetupProblem when this machine is not a Debian with a mirror that is reached over http or https. */
export function debianSources(): DebianSources {
  const release = readFileSync('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(release)?.[1]
  if (!/^ID=debian$/m.test(release) || !codename)
    throw new SetupProblem(
      'Lab hosts are built from the Debian mirror of this machine, and this is not a Debian release.',
      'Use Debian 12 or 13, or start without lab hosts: --no-lab.',
    )
  return chooseSources(readSourceFiles(), codename)
}

export function chooseSources(sources: readonly Source[], codename: string): DebianSources {
  const ours = sources
    .filter(({ suites }) => suites.some((suite) => suite === codename || suite.startsWith(`${codename}-`)))
    .map((source) => ({ ...source, uri: resolveMirrorFile(source.uri).replace(/\/+$/, '') }))
    .filter(({ uri }) => /^https?:\/\//.test(uri))
  const archive = ours.find(
    ({ suites, components }) => suites.includes(codename) && components.includes('main'),
  )
  if (!archive)
    throw new SetupProblem(
      `apt's sources name no http mirror for Debian ${codename}.`,
      'Add one to /etc/apt/sources.list, or start without lab hosts: --no-lab.',
    )
  return { archive: archive.uri, all: [...new Set(ours.map(({ uri }) => uri))] }
}

function readSourceFiles(): Source[] {
  const parts = '/etc/apt/sources.list.d'
  const files = ['/etc/apt/sources.list', ...listDirectory(parts).map((name) => `${parts}/${name}`)]
  return files.flatMap((file) => {
    const format = file.endsWith('.list') ? 'list' : file.endsWith('.sources') ? 'sources' : undefined
    return format ? parseSources(readIfThere(file), format) : []
  })
}

function listDirectory(dir: string): string[] {
  try {
    return readdirSync(dir).sort()
  } catch {
    return []
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** How lab hosts name a mirror: always http, as what runs between them and it cannot look into https. It uses https onwards. */
export const throughCache = (uri: string) => uri.replace(/^https:/, 'http:')
