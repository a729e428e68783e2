/**
 * What root of a VE may do. It is root in a user namespace of its own, so each of these reaches only what that namespace
 * owns; the lists take away what is global to the kernel all the same, so that one fault is not enough.
 */

/**
 * Left out: SYS_TIME and WAKE_ALARM (the clock is the host's), SYS_MODULE, SYS_RAWIO, SYSLOG, AUDIT_CONTROL, AUDIT_READ,
 * MAC_ADMIN, MAC_OVERRIDE, BLOCK_SUSPEND, PERFMON, BPF, CHECKPOINT_RESTORE.
 */
export const VE_CAPABILITIES = [
  'CAP_AUDIT_WRITE', // login and sshd write audit records
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_KILL',
  'CAP_LEASE',
  'CAP_LINUX_IMMUTABLE',
  'CAP_MKNOD', // refused by the kernel in a user namespace, but packages ask for it
  'CAP_NET_ADMIN', // its own interfaces, routes and netfilter rules
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_RAW', // ping, dhclient
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_ADMIN', // mounts and namespaces of its own
  'CAP_SYS_BOOT', // reboot(2) in a pid namespace ends its init
  'CAP_SYS_CHROOT',
  'CAP_SYS_NICE',
  'CAP_SYS_PACCT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TTY_CONFIG',
] as const

/** System calls that act on the kernel as a whole: refused with EPERM. */
const REFUSED_CALLS = [
  'kexec_load',
  'kexec_file_load',
  'init_module',
  'finit_module',
  'delete_module',
  'settimeofday',
  'clock_settime',
  'clock_settime64',
  'stime',
  'adjtimex',
  'clock_adjtime',
  'clock_adjtime64',
  'swapon',
  'swapoff',
  'acct',
  'syslog',
  'iopl',
  'ioperm',
  'open_by_handle_at',
  'perf_event_open',
  'bpf',
  'lookup_dcookie',
  'quotactl_fd',
]

/** The architectures whose calls a process may make there: one left out of a filter would be a way round it (or be killed). */
const SECCOMP_ARCHES: Record<string, string[]> = {
  x86_64: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  i386: ['SCMP_ARCH_X86'],
  i486: ['SCMP_ARCH_X86'],
  i586: ['SCMP_ARCH_X86'],
  i686: ['SCMP_ARCH_X86'],
  ppc64le: ['SCMP_ARCH_PPC64LE'],
  ppc64: ['SCMP_ARCH_PPC64', 'SCMP_ARCH_PPC'],
}

/** The filter for a host whose `uname -m` is `machine`; null where libseccomp has none (Itanium). */
export function seccompProfile(machine: string): Record<string, unknown> | null {
  const architectures = SECCOMP_ARCHES[machine]
  if (architectures === undefined) return null
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures,
    syscalls: [{ names: REFUSED_CALLS, action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
  }
}

/**
 * Tells of the host or its hardware: hidden from what runs in a VE by itself. No bound on its root, which may unmount the
 * cover or mount /proc elsewhere: what protects the host there is that its files belong to ids the VE does not have.
 */
export const MASKED_PATHS = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
]

export const READONLY_PATHS = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sysrq-trigger']
