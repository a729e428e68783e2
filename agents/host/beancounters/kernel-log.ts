/** Whom the kernel killed for want of memory: by the time anybody looks they are gone, and only its log tells (mm/oom_kill.c). */
import type { LimitEvent } from '../../../lib/contract/limit-event.ts'
import { KIB } from '../../../lib/contract/units.ts'
import { CGROUP_PARENT, veCgroup } from '../paths.ts'
import type { Sys } from '../sys/sys.ts'
import { peek } from './numbers.ts'
import { printable } from './processes.ts'

type Holder = LimitEvent['holders'][number]

const VICTIM = /Memory cgroup out of memory: Killed process (\d+) \((.*)\) total-vm:\d+kB, (.*)$/
const GROUP = /oom-kill:constraint=.*,oom_memcg=([^,]*),task_memcg=/

/** Only the first in a path is the host's: what a guest calls its groups is its own affair. */
const VE_GROUP = new RegExp(`${CGROUP_PARENT}/ve\\d+(?=/|$)`)

/** Older lines are about another kill: the kernel does not tell of all when there are many. */
const RECENT_SECONDS = 300

/**
 * Pure: the last `most` that were killed within the VE's group since so many seconds after boot, the last one first. A group's name is the
 * guest's below its own.
 */
export function parseVictims(log: string, veid: number, most: number, since: number): Holder[] {
  const found: Holder[] = []
  const own = veCgroup(veid)
  let group = ''
  for (const line of log.split('\n')) {
    if (line.includes('oom-kill:constraint=')) group = GROUP.exec(line)?.[1] ?? ''
    if (!line.includes('Killed process ') || !(Number.parseFloat(line.slice(1)) >= since)) continue
    const [, pid, command = '', sizes = ''] = VICTIM.exec(line) ?? []
    if (pid === undefined || VE_GROUP.exec(group)?.[0] !== own) continue
    const held = [...sizes.matchAll(/-rss:(\d+)kB/g)].reduce((sum, [, kib]) => sum + Number(kib) * KIB, 0)
    found.push({ pid: Number(pid), command: printable(command), held })
  }
  return found.slice(-most).reverse()
}

/** None where the kernel's log may not be read. */
export function victims(sys: Sys, veid: number, most: number): Holder[] {
  const { code, stdout } = sys.run(['dmesg'])
  const uptime = Number.parseFloat(peek(sys, '/proc/uptime')) || 0
  return code === 0 ? parseVictims(stdout, veid, most, uptime - RECENT_SECONDS) : []
}
