/** System calls that act on the kernel as a whole: refused with EPERM, whatever the capabilities. See seccomp(2). */
import type { ExtraCapability } from '../../../lib/contract/ve-features.ts'

/** `unless`: the extra capability that is pointless without the call. */
type Refused = { why: string; unless?: ExtraCapability }

export const REFUSED_CALLS: Record<string, Refused> = {
  kexec_load: { why: 'replaces the running kernel' },
  kexec_file_load: { why: 'replaces the running kernel' },
  init_module: { why: 'loads code into the kernel' },
  finit_module: { why: 'loads code into the kernel' },
  delete_module: { why: 'unloads code of the kernel' },
  settimeofday: { why: 'sets the clock, which is the host’s' },
  clock_settime: { why: 'sets the clock, which is the host’s' },
  clock_settime64: { why: 'the same for 32-bit programs' },
  stime: { why: 'sets the clock, which is the host’s' },
  adjtimex: { why: 'steers the clock, which is the host’s' },
  clock_adjtime: { why: 'steers the clock, which is the host’s' },
  clock_adjtime64: { why: 'the same for 32-bit programs' },
  swapon: { why: 'swap is the host’s' },
  swapoff: { why: 'swap is the host’s' },
  acct: { why: 'writes accounts of processes from within the kernel' },
  syslog: { why: 'reads the host’s kernel log', unless: 'CAP_SYSLOG' },
  iopl: { why: 'opens the I/O ports of the machine' },
  ioperm: { why: 'opens the I/O ports of the machine' },
  open_by_handle_at: { why: 'opens files past the directories above them, those of the host too' },
  perf_event_open: { why: 'measures beyond the VE; many holes have been found in it', unless: 'CAP_PERFMON' },
  bpf: { why: 'runs programs in the kernel; many holes have been found in it', unless: 'CAP_BPF' },
  lookup_dcookie: { why: 'tells paths of the host' },
  quotactl_fd: { why: 'the quota of its file system is set by the host' },
}

/** Of btrfs: SUBVOL_CREATE, SNAP_CREATE and their second versions, by the kernel's _IOW(), whose bits for "write" are others on Power. */
const SUBVOLUME_IOCTLS = [0x1000_940e, 0x1000_9401, 0x1000_9418, 0x1000_9417]
const WRITE = { power: 0x8000_0000, others: 0x4000_0000 }
const WORD = 0xffff_ffff

/**
 * Making subvolumes is open to everybody who may write, and each has a quota group of its own: beside the limit of the VE's. Only the
 * lower half of the argument counts, as for the kernel.
 */
function refusedIoctls(machine: string): Record<string, unknown>[] {
  const write = machine.startsWith('ppc') ? WRITE.power : WRITE.others
  return SUBVOLUME_IOCTLS.map((number) => ({
    names: ['ioctl'],
    action: 'SCMP_ACT_ERRNO',
    errnoRet: 1,
    args: [{ index: 1, value: WORD, valueTwo: write + number, op: 'SCMP_CMP_MASKED_EQ' }],
  }))
}

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
export function seccompProfile(
  machine: string,
  capabilities: readonly ExtraCapability[],
): Record<string, unknown> | null {
  const architectures = SECCOMP_ARCHES[machine]
  if (architectures === undefined) return null
  const names = Object.entries(REFUSED_CALLS)
    .filter(([, { unless }]) => unless === undefined || !capabilities.includes(unless))
    .map(([name]) => name)
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures,
    syscalls: [{ names, action: 'SCMP_ACT_ERRNO', errnoRet: 1 }, ...refusedIoctls(machine)],
  }
}
