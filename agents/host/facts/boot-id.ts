import { startTicks } from '../sys/process-identity.ts'
import type { Sys } from '../sys/sys.ts'

/** The kernel's boot id with the start time of pid 1: a host that is itself a container restarts without its kernel. */
export function bootId(sys: Sys): string {
  return `${(sys.read('/proc/sys/kernel/random/boot_id') ?? '').trim()}:${startTicks(sys, 1) ?? 0}`
}
