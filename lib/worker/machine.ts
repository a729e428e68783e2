import { readFileSync, readlinkSync } from 'node:fs'
import os from 'node:os'

/**
 * Names the machine, boot and pid namespace of this process: two workers that have it in common can tell by the pid
 * whether the other still runs.
 */
export function machineName(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${os.hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    // Not Linux: the heartbeat alone has to tell.
    return `${os.hostname()} ${process.pid}`
  }
}
