/**
 * The AppArmor profile of a VE, for apparmor_parser(8): a second wall behind namespaces and capabilities. Within it, the VE has a
 * policy namespace of its own, where its root may load profiles that hold for its processes only. See apparmor.d(5).
 */
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

/** Of the profile, and of the policy namespace. */
export function profileName(veid: number): string {
  return `corral-ve${veid}`
}

/** What its processes are confined by: the host's profile, and whatever its own policy namespace says. */
export function stackedProfile(veid: number): string {
  const name = profileName(veid)
  return `${name}//&:${name}:unconfined`
}

/** Of its namespaces, and of it: other VEs and the host may look, and signal, inwards only. */
const COMMON = `
  capability,
  file,
  network,
  unix,
  dbus,
  signal (receive),
  signal peer=@{profile_name},
  ptrace (readby, tracedby),
  ptrace peer=@{profile_name},
`

/** What acts on the host, wherever /proc and /sys are mounted. */
const DENIED = `
  deny /{**/,}proc/acpi/{,**} rwklx,
  deny /{**/,}proc/bus/** wklx,
  deny /{**/,}proc/irq/** wklx,
  deny /{**/,}proc/kcore rwklx,
  deny /{**/,}proc/kmsg rwklx,
  deny /{**/,}proc/sysrq-trigger rwklx,
  deny /{**/,}proc/sys/fs/binfmt_misc/{,**} wklx,
  deny /{**/,}proc/sys/kernel/{core_pattern,kexec*,modprobe,modules_disabled,panic*,sysrq} wklx,
  deny /{**/,}proc/sys/vm/{,**} wklx,
  deny /{**/,}sys/firmware/** rwklx,
  deny /{**/,}sys/fs/{bpf,pstore}/{,**} rwklx,
  deny /{**/,}sys/kernel/{config,debug,tracing}/{,**} rwklx,
  deny /{**/,}sys/{block,bus,class/block,module,power}/{,**} wklx,
`

/** Mounts of its own, but none of those that show the kernel. */
const MOUNTS = `
  mount,
  umount,
  pivot_root,
  deny mount fstype=configfs,
  deny mount fstype=debugfs,
  deny mount fstype=efivarfs,
  deny mount fstype=pstore,
  deny mount fstype=tracefs,
`

const NO_MOUNTS = `
  deny mount,
  deny umount,
  deny pivot_root,
`

/** Pure. A VE without users of its own has no policy namespace either: loading profiles there takes its own root. */
export function profileText({ veid, namespaces }: Pick<VeSpec, 'veid' | 'namespaces'>): string {
  const name = profileName(veid)
  const ownUsers = namespaces.includes('user')
  const change = `\n  change_profile -> ":${name}:*",\n  change_profile -> ":${name}://*",\n`
  return [
    'abi <abi/3.0>,\n',
    `profile "${name}" flags=(attach_disconnected,mediate_deleted) {`,
    COMMON,
    ownUsers ? MOUNTS : NO_MOUNTS,
    DENIED,
    ownUsers ? change : '',
    '}\n',
  ].join('')
}
