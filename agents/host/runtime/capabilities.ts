/**
 * What root of a VE may do. In a user namespace of its own each of these reaches only what that namespace owns; the lists take
 * away what is global to the kernel all the same, so that one fault is not enough. See capabilities(7).
 */
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

/**
 * A system that runs unmodified. Left out: SYS_TIME and WAKE_ALARM (the clock is the host's), SYS_MODULE, SYS_RAWIO, SYSLOG,
 * AUDIT_CONTROL, AUDIT_READ, MAC_ADMIN, MAC_OVERRIDE, BLOCK_SUSPEND, PERFMON, BPF, CHECKPOINT_RESTORE.
 */
const SYSTEM = [
  'CAP_AUDIT_WRITE', // login and sshd write audit records
  'CAP_CHOWN', // files of its own users
  'CAP_DAC_OVERRIDE', // root reads and writes what its users own
  'CAP_DAC_READ_SEARCH', // backups read everything
  'CAP_FOWNER', // chmod of what its users own
  'CAP_FSETID', // packages install setgid files
  'CAP_IPC_LOCK', // gpg-agent and databases lock memory, within RLIMIT_MEMLOCK
  'CAP_IPC_OWNER', // ipcrm of what its users left
  'CAP_KILL', // services of its users are stopped
  'CAP_LEASE', // file servers take leases
  'CAP_LINUX_IMMUTABLE', // chattr +i on its own files
  'CAP_MKNOD', // refused by the kernel in a user namespace, but packages ask for it
  'CAP_NET_ADMIN', // its own interfaces, routes and netfilter rules
  'CAP_NET_BIND_SERVICE', // ports below 1024
  'CAP_NET_BROADCAST', // unused by the kernel, asked for by some services
  'CAP_NET_RAW', // ping, dhclient
  'CAP_SETFCAP', // packages give capabilities to programs, which count in its user namespace
  'CAP_SETGID', // services become other users
  'CAP_SETPCAP', // services give capabilities up
  'CAP_SETUID', // services become other users
  'CAP_SYS_ADMIN', // mounts, namespaces and host name of its own
  'CAP_SYS_BOOT', // reboot(2) in a pid namespace ends its init
  'CAP_SYS_CHROOT', // sshd and mail servers chroot
  'CAP_SYS_NICE', // priorities among its own processes
  'CAP_SYS_PACCT', // refused by the kernel in a user namespace, but acct asks for it
  'CAP_SYS_PTRACE', // strace and gdb on its own processes
  'CAP_SYS_RESOURCE', // oom_score_adj and quotas of its own
  'CAP_SYS_TTY_CONFIG', // vhangup by login
] as const

/** One program: what it needs to become another user and to serve. No mounts, no interfaces, no raw sockets. */
const APPLICATION = [
  'CAP_CHOWN', // a server hands files to its workers' user
  'CAP_DAC_OVERRIDE', // root reads and writes what that user owns
  'CAP_FOWNER', // chmod of it
  'CAP_FSETID', // setgid directories stay so
  'CAP_KILL', // signals to its workers
  'CAP_NET_BIND_SERVICE', // ports below 1024
  'CAP_SETGID', // workers become another user
  'CAP_SETUID', // workers become another user
] as const

export type OciCapabilities = Record<'bounding' | 'effective' | 'permitted', string[]> &
  Partial<Record<'inheritable' | 'ambient', string[]>>

/** All that the processes of a VE can ever have. Extra ones count only where a user namespace holds them in. */
export function boundingSet({
  kind,
  namespaces,
  features,
}: Pick<VeSpec, 'kind' | 'namespaces' | 'features'>): string[] {
  if (!namespaces.includes('user')) return [...APPLICATION]
  // Both mount file systems, in namespaces that they make.
  const mounts = features.nesting || features.fuse
  const base: readonly string[] = kind === 'system' || mounts ? SYSTEM : APPLICATION
  const tun = features.tun ? ['CAP_NET_ADMIN'] : []
  return [...new Set([...base, ...tun, ...features.capabilities])]
}

/** OCI's process.capabilities. A program that is not root in there starts with the extra ones only. */
export function ociCapabilities(
  spec: Pick<VeSpec, 'kind' | 'namespaces' | 'features' | 'application'>,
): OciCapabilities {
  const bounding = boundingSet(spec)
  if ((spec.application?.uid ?? 0) === 0) return { bounding, effective: bounding, permitted: bounding }
  const extra = bounding.filter((name) => (spec.features.capabilities as string[]).includes(name))
  return { bounding, effective: extra, permitted: extra, inheritable: extra, ambient: extra }
}
