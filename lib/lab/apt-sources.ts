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
  const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
  if (!match) return []
  return [{ uri: match[1]!, suites: [match[2]!], components: match[3]!.split(/\s+/).filter(Boolean) }]
}

function parseStanza(stanza: string): Source[] {
  const fields = new Map<string, string[]>()
  for (const [, name, value] of stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm))
    fields.set(name!.toLowerCase(), value!.split(/\s+/).filter(Boolean))
  if (!fields.get('types')?.includes('deb') || fields.get('enabled')?.[0] === 'no') return []
  const [suites = [], components = []] = [fields.get('suites'), fields.get('components')]
  return (fields.get('uris') ?? []).map((uri) => ({ uri, suites, components }))
}

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

/** apt-cacher-ng fetches https by itself when asked for this address over http. */
export const throughCache = (uri: string) => uri.replace(/^https:\/\//, 'http://HTTPS///')
