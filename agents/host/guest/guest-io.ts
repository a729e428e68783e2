import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { mustStart } from '../sys/run.ts'
import { ENVIRONMENT, type Started, type Sys } from '../sys/sys.ts'
import {
  ENTER_SCRIPT,
  ENTER_WITH_DEVICES_SCRIPT,
  READ_SCRIPT,
  WRITE_FRESH_SCRIPT,
  WRITE_SCRIPT,
} from './guest-scripts.ts'
import { type GuestChange, type GuestEntry, type GuestTree, LOOKED_AT } from './guest-tree.ts'

/** A VE's root directory as it is mounted on the host, and the id on the host that is its root there. */
export type GuestRoot = { path: string; idBase: number }

/** unshare(1) as the VE's root: in the VE's ids and in namespaces of its own, so that a hostile tree reaches nothing. */
function asVeRoot(idBase: number): string[] {
  const map = `0:${idBase}:${ID_RANGE_SIZE}`
  const namespaces = ['--user', '--mount', '--pid', '--fork', '--ipc', '--uts', '--net', '--cgroup']
  const ids = [`--map-users=${map}`, `--map-groups=${map}`, '--setuid=0', '--setgid=0']
  return ['unshare', ...namespaces, ...ids]
}

function inside(sys: Sys, root: GuestRoot, enter: string, env: Record<string, string>, stdin = ''): Started {
  const argv = [...asVeRoot(root.idBase), 'busybox', 'sh', '-c', enter]
  return mustStart(sys, argv, { cwd: root.path, stdin, env: { ...ENVIRONMENT, ...env } })
}

/** What READ_SCRIPT printed. Lines that fit nothing are a hostile tree's, and left out. */
export function parseRead(text: string): GuestTree {
  const kinds = { F: 'file', D: 'directory', L: 'link' } as const
  const tree = new Map<string, GuestEntry>()
  const lines = text.split('\n')
  const dot = lines.indexOf('.')
  for (const line of lines.slice(0, dot)) {
    const kind = kinds[line[0] as keyof typeof kinds]
    tree.set(line.slice(2), kind === 'file' ? { kind, text: '' } : { kind })
  }
  for (const line of lines.slice(dot + 1)) {
    const colon = line.indexOf(':')
    const entry = tree.get(line.slice(0, colon))
    if (entry?.kind === 'file') entry.text += `${line.slice(colon + 1)}\n`
  }
  return tree
}

export function readGuest(sys: Sys, root: GuestRoot): GuestTree {
  const paths = LOOKED_AT.join(' ')
  const reading = inside(sys, root, ENTER_SCRIPT, { CORRAL_INSIDE: READ_SCRIPT, CORRAL_PATHS: paths })
  return parseRead(reading.wait().stdout)
}

/** As printf(1)'s %b takes it, on one line, with nothing that `read` would trim. */
export function printfText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll(' ', '\\0040')
}

const asLines = (changes: readonly GuestChange[]) =>
  changes
    .map(
      ({ path, text, mode }) =>
        `${typeof mode === 'number' ? mode.toString(8) : mode} ${path} ${printfText(text)}\n`,
    )
    .join('')

export function writeGuest(sys: Sys, root: GuestRoot, changes: readonly GuestChange[]): void {
  if (changes.length === 0) return
  inside(sys, root, ENTER_SCRIPT, { CORRAL_INSIDE: WRITE_SCRIPT }, asLines(changes)).wait()
}

/** Into a clone, which gets SSH host keys of its own with `hostname` in their comment. Goes on until it is waited for. */
export function startWritingClone(
  sys: Sys,
  root: GuestRoot,
  changes: readonly GuestChange[],
  hostname: string,
): Started {
  const env = { CORRAL_INSIDE: WRITE_FRESH_SCRIPT, CORRAL_HOSTNAME: hostname }
  return inside(sys, root, ENTER_WITH_DEVICES_SCRIPT, env, asLines(changes))
}
