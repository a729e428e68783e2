/**
 * Names that make a simulated host fail on purpose. A name counts when it is one of these or begins with one and a dash
 * ("fail-start", "fail-start-2").
 */

/** VEs, by name. */
export const VE_SENTINELS = {
  'fail-create': 'making its disk fails',
  'fail-start': 'its init does not start',
  'fail-stop': 'stopping fails',
  'fail-destroy': 'destroying fails',
  'fail-undo': 'starting fails, and so does destroying: a creation gets stuck',
  'fail-configure': 'every change is refused',
  'fail-firewall': 'its host refuses the first firewall rule',
  'fail-quota': 'its users cannot be counted',
  'fail-exec': 'no command can be run',
  'fail-hibernate': 'its memory cannot be written down',
  'fail-resume': 'it cannot be brought back from its saved memory',
  'fail-snapshot': 'no snapshot can be taken',
  'fail-backup': 'no backup can be taken',
  'fail-recover': 'it cannot be restored from a backup',
  'fail-rollback': 'it cannot be brought back to a snapshot',
  'misfit-rollback': 'its interfaces are not those that its memory in a snapshot had',
  'fail-move-freeze': 'its memory cannot be sent to another host',
  'fail-move-activate': 'it cannot be brought back on the host that it moves to: it is hibernated there',
  'fail-terminal': 'no terminal can be opened',
  'slow-configure': 'a change takes 3 seconds',
  'hits-limits': 'every 90 seconds a limit refuses something or a process is killed for want of memory',
  'much-traffic': 'sends and receives 10 MB a second, each',
  'slow-create': 'creating takes 6 seconds',
  'slow-start': 'starting takes 6 seconds',
  'slow-stop': 'stopping takes 6 seconds',
  'slow-hibernate': 'hibernating takes 6 seconds',
  'slow-snapshot': 'taking a snapshot takes 6 seconds',
  'slow-backup': 'taking a backup takes 6 seconds',
  'slow-move': 'sending its disk to another host takes 6 seconds',
  'lost-link': 'the connection breaks and comes back while it is created',
  dies: 'its init crashes ten seconds after the start',
  halts: 'its init halts ten seconds after the start',
} as const

/** Hosts, by name. */
export const HOST_SENTINELS = {
  unreachable: 'does not answer',
  refused: 'refuses the connection',
  'wrong-password': 'does not accept the password',
  'key-changed': 'shows another key than the confirmed one',
  'no-root': 'gives no root',
  'old-kernel': 'runs Linux 4.19',
  'missing-packages': 'has no apt-get and lacks packages',
  'small-disk': 'has a full /vz',
  'no-checkpoint': 'has a kernel that writes no memory down',
  'old-agent': 'has an agent of another version',
  'goes-away': 'answers for ten seconds, then not for ten, and so on',
} as const

/** Templates, by a package in their list. */
export const PACKAGE_SENTINELS = {
  'fail-build': 'the build fails',
  'slow-build': 'the build takes 60 seconds',
} as const

export type VeSentinel = keyof typeof VE_SENTINELS
export type HostSentinel = keyof typeof HOST_SENTINELS

function sentinelIn<T extends string>(table: Record<T, string>, name: string): T | null {
  const names = Object.keys(table) as T[]
  return names.find((entry) => name === entry || name.startsWith(`${entry}-`)) ?? null
}

export const veSentinel = (name: string): VeSentinel | null => sentinelIn(VE_SENTINELS, name)
export const hostSentinel = (name: string): HostSentinel | null => sentinelIn(HOST_SENTINELS, name)
