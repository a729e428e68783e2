import { mountLines } from './footprint.ts'

/** Runs a program on a host and gives its stdout; rejects when it fails. */
export type Execute = (argv: readonly string[]) => Promise<string>

/** Trees in which a VE, or what manages it, could leave something. */
const TREES = ['/vz', '/var/lib/corral', '/run']

/**
 * What may rightly stay or come on a host that held a VE: what the agent remembers (its journal, destroyed VEs), files to
 * lock on, the directories that VEs and their networks are noted in, what was tried once, templates grown to sizes that were asked
 * for, their files and what was seen in them, lxcfs, which serves all VEs, what crun and CRIU keep for themselves, and what sshd keeps of sessions.
 */
const STAYS = [
  /^mount \/var\/lib\/lxcfs /,
  /^file \/var\/lib\/(corral|lxcfs)(\/|$)/,
  /^file \/run\/corral(\/(ve|network|user_beancounters|lock(\/[\w.-]+)?|probed(\/[\w-]+)?|lxcfs.*))?$/,
  /^file \/vz\/ve$/,
  /^file \/vz\/template\/cache\/[^/]*\.(grown|seen)$/,
  /^file \/vz\/template\/cache\/[^/]*\.(tree|subvolume)(\/|$)/,
  /^file \/run\/crun(\/\.(cache(\/.*)?|empty-directory))?$/,
  /^file \/run\/lxcfs(\.pid)?(\/.*)?$/,
  /^file \/run\/(criu\.kdat|utmp|sshd|motd.*)$/,
]

/** Whether a line of a footprint says something that a VE, its making or a build should not have left. */
export function leaks(line: string): boolean {
  return !STAYS.some((pattern) => pattern.test(line))
}

type HostLoop = { 'back-file': string | null; 'back-maj:min': string | null }

/**
 * What could leak on a host, one thing a line, sorted: mounts, links, addresses, routes, cgroups, loop devices on /vz, packet
 * filter rules, files. For comparing before and after with a plain diff.
 */
export async function hostFootprint(execute: Execute): Promise<string[]> {
  // One after the other: sshd gives a connection ten sessions, and some may be in use.
  const found = [
    ...mountLines(await execute(['cat', '/proc/self/mountinfo'])),
    ...(await network(execute)),
    ...prefixed('cgroup', await lines(execute, ['find', '/sys/fs/cgroup', '-mindepth', '1', '-type', 'd'])),
    ...prefixed('loop', await loopsOnVz(execute)),
    ...prefixed('nft', await rules(execute)),
    ...prefixed('file', await tree(execute)),
  ]
  return found.sort()
}

const prefixed = (kind: string, things: readonly string[]) => things.map((thing) => `${kind} ${thing}`)

async function network(execute: Execute): Promise<string[]> {
  const links = JSON.parse(await execute(['ip', '-json', 'link'])) as { ifname: string }[]
  const settings = [
    ...(await lines(execute, ['ip', '-oneline', '-4', 'address'])),
    ...(await lines(execute, ['ip', 'route', 'show', 'table', 'all', 'type', 'unicast'])),
    ...(await lines(execute, ['ip', 'neighbour', 'show', 'proxy'])),
  ]
  return [
    ...links.map(({ ifname }) => `link ${ifname}`),
    ...settings.map((line) => `ip ${line.replace(/^\d+: /, '').trim()}`),
  ]
}

/** Loop devices are the whole machine's; the host's own are those on files in its /vz. */
async function loopsOnVz(execute: Execute): Promise<string[]> {
  const device = (await execute(['findmnt', '--noheadings', '--output', 'MAJ:MIN', '/vz'])).trim()
  const output = await execute(['losetup', '--list', '--json', '--output', 'BACK-FILE,BACK-MAJ:MIN'])
  if (!output.trim()) return []
  const { loopdevices } = JSON.parse(output) as { loopdevices: HostLoop[] }
  return loopdevices.flatMap((loop) =>
    loop['back-maj:min']?.trim() === device ? [loop['back-file'] ?? ''] : [],
  )
}

/** A host that is not enrolled yet may have no nft. */
async function rules(execute: Execute): Promise<string[]> {
  return (await exists(execute, '/usr/sbin/nft')) ? lines(execute, ['nft', 'list', 'ruleset']) : []
}

async function tree(execute: Execute): Promise<string[]> {
  const there: string[] = []
  for (const dir of TREES) if (await exists(execute, dir)) there.push(dir)
  return lines(execute, ['find', ...there, '-mindepth', '1', '-maxdepth', '4', '-not', '-type', 'p'])
}

const exists = (execute: Execute, file: string) =>
  execute(['test', '-e', file]).then(
    () => true,
    () => false,
  )

async function lines(execute: Execute, argv: readonly string[]): Promise<string[]> {
  return (await execute(argv)).split('\n').filter(Boolean)
}
