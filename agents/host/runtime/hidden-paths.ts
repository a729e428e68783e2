/**
 * Files of /proc and /sys that tell of the host or its hardware, or act on it. In a user namespace these covers are no bound on
 * the VE's root, which may take them off or mount /proc elsewhere: there the bound is that the files belong to ids which the VE
 * does not have. They are for what runs in a VE by itself. Without a user namespace they are a bound: nobody there may mount.
 */
import type { VeNamespace } from '../../../lib/contract/ve-application.ts'

const MASKED: Record<string, string> = {
  '/proc/acpi': 'hardware',
  '/proc/asound': 'hardware',
  '/proc/kcore': 'the memory of the host',
  '/proc/keys': 'keys of other users of the host',
  '/proc/latency_stats': 'what the host waits for',
  '/proc/sched_debug': 'processes of the host',
  '/proc/scsi': 'hardware',
  '/proc/timer_list': 'processes and clocks of the host',
  '/proc/timer_stats': 'processes of the host',
  '/sys/devices/virtual/powercap': 'power use, from which other VEs’ keys have been read',
  '/sys/firmware': 'firmware of the host',
}

/** Readable or writable by the host's root alone, which the program is. */
const MASKED_FROM_HOST_ROOT: Record<string, string> = {
  '/proc/driver': 'settings of drivers',
  '/proc/kpagecgroup': 'the memory map of the host',
  '/proc/kpagecount': 'the memory map of the host',
  '/proc/kpageflags': 'the memory map of the host',
  '/proc/pagetypeinfo': 'the memory map of the host',
  '/proc/slabinfo': 'the kernel’s memory',
  '/proc/vmallocinfo': 'the kernel’s memory',
}

/** Mounted within the host's /sys, which comes along where no sysfs of its own can be mounted. */
const MASKED_IN_HOST_SYS: Record<string, string> = {
  '/sys/fs/bpf': 'BPF programs of the host',
  '/sys/fs/cgroup': 'control groups of the host',
  '/sys/fs/fuse/connections': 'file systems of the host',
  '/sys/fs/pstore': 'crash logs of the host',
  '/sys/kernel/config': 'settings of the kernel',
  '/sys/kernel/debug': 'the kernel',
  '/sys/kernel/security': 'security modules of the host',
  '/sys/kernel/tracing': 'the kernel',
}

const READ_ONLY: Record<string, string> = {
  '/proc/bus': 'PCI devices',
  '/proc/fs': 'file systems of the host',
  '/proc/irq': 'where interrupts go',
  '/proc/sysrq-trigger': 'reboots the host',
}

/** Its namespaces' sysctls belong to the root of its user namespace; without one, all of them to the host's root. */
const READ_ONLY_FOR_HOST_ROOT: Record<string, string> = { '/proc/sys': 'sysctls of the host' }

/** Whether /sys is the host's: a sysfs of one's own takes a network namespace that one's own user namespace holds. */
export function sharesSys(namespaces: readonly VeNamespace[]): boolean {
  return namespaces.includes('user') && !namespaces.includes('network')
}

export function maskedPaths(namespaces: readonly VeNamespace[]): string[] {
  return [
    ...Object.keys(MASKED),
    ...(namespaces.includes('user') ? [] : Object.keys(MASKED_FROM_HOST_ROOT)),
    ...(sharesSys(namespaces) ? Object.keys(MASKED_IN_HOST_SYS) : []),
  ]
}

export function readOnlyPaths(namespaces: readonly VeNamespace[]): string[] {
  return [
    ...Object.keys(READ_ONLY),
    ...(namespaces.includes('user') ? [] : Object.keys(READ_ONLY_FOR_HOST_ROOT)),
  ]
}
