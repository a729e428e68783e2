import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { mustStart } from '../sys/run.ts'
import { type Started, type Sys, WORDLESS_ENVIRONMENT } from '../sys/sys.ts'
import { READ_SCRIPT, WRITE_SCRIPT } from './guest-scripts.ts'
import { type GuestChange, type GuestEntry, type GuestTree, LOOKED_AT } from './guest-tree.ts'

/** A VE's root directory as it is mounted on the host, and the id on the host that is its root there. */
export type GuestRoot = { path: string; idBase: number }

/** A tree may be made to take for ever, but not to hold up the host. */
const SECONDS_MOST = '60'

/** Perl in the VE's ids and in namespaces of its own, with the tree as working directory. */
function inside(
  sys: Sys,
  { path, idBase }: GuestRoot,
  script: string,
  words: readonly string[],
  stdin: string,
): Started {
  const map = `0:${idBase}:${ID_RANGE_SIZE}`
  const namespaces = [
    '--user',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--keep-caps',
    '--ipc',
    '--uts',
    '--net',
    '--cgroup',
  ]
  const unshare = ['unshare', ...namespaces, `--map-users=${map}`, `--map-groups=${map}`]
  const argv = ['timeout', '-k', '1', SECONDS_MOST, ...unshare, 'perl', '-e', script, ...words]
  return mustStart(sys, argv, { cwd: path, stdin, env: WORDLESS_ENVIRONMENT })
}

/** What READ_SCRIPT printed. What fits nothing is a hostile tree's, and left out. */
export function parseRead(text: string): GuestTree {
  const kinds = { F: 'file', D: 'directory', L: 'link' } as const
  const tree = new Map<string, GuestEntry>()
  const dot = `\n${text}`.indexOf('\n.\n')
  for (const line of text.slice(0, dot).split('\n')) {
    const kind = kinds[line[0] as keyof typeof kinds]
    if (kind !== undefined) tree.set(line.slice(2), kind === 'file' ? { kind, text: '' } : { kind })
  }
  for (const file of text.slice(dot + 2).split('\0')) {
    const colon = file.indexOf(':')
    const entry = tree.get(file.slice(0, colon))
    if (entry?.kind === 'file') entry.text = file.slice(colon + 1)
  }
  return tree
}

export function readGuest(sys: Sys, root: GuestRoot): GuestTree {
  return readGuestFiles(sys, root, LOOKED_AT)
}

/** Other files, by their paths without a leading slash. Throws `command-failed` when they are too long to be read whole. */
export function readGuestFiles(sys: Sys, root: GuestRoot, paths: readonly string[]): GuestTree {
  return parseRead(inside(sys, root, READ_SCRIPT, [], `${paths.join('\n')}\n`).wait().stdout)
}

/** A change as WRITE_SCRIPT takes it, on one line. */
export function changeLine({ path, text, mode }: GuestChange): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return `${typeof mode === 'number' ? mode.toString(8) : mode} ${path} ${escaped}\n`
}

export function writeGuest(sys: Sys, root: GuestRoot, changes: readonly GuestChange[]): void {
  if (changes.length === 0) return
  startWriting(sys, root, changes).wait()
}

/** Goes on until it is waited for. */
export function startWriting(sys: Sys, root: GuestRoot, changes: readonly GuestChange[]): Started {
  return inside(sys, root, WRITE_SCRIPT, [], changes.map(changeLine).join(''))
}

/** Into a clone, which loses the SSH host keys that it came with, and D-Bus' own machine-id. Goes on until it is waited for. */
export function startWritingClone(sys: Sys, root: GuestRoot, changes: readonly GuestChange[]): Started {
  return inside(sys, root, WRITE_SCRIPT, ['fresh'], changes.map(changeLine).join(''))
}
