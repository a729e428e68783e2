/**
 * What conmon runs when the init of a VE has ended by itself: notes how, takes the VE off the kernel, and starts it again if
 * it asked for a reboot and still is this host's. No panel is needed for it.
 */
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { readEpoch } from './epoch.ts'
import { haltAsked } from './halt-intent.ts'
import { classifyExit } from './last-exit.ts'
import { withLock } from './lock.ts'
import { asMade } from './made.ts'
import { bringUp } from './methods/ve-start.ts'
import { isReleased } from './move/outgoing.ts'
import { vePaths } from './paths.ts'
import type { MethodContext } from './request.ts'
import { rescueSpec } from './rescue-spec.ts'
import { appendBootLog } from './runtime/boot-log.ts'
import { loadRuntime } from './runtime/load.ts'
import { leaveMonitorGroup } from './runtime/monitor-group.ts'
import { rescueOf } from './storage/rescue-disk.ts'
import type { Sys } from './sys/sys.ts'
import { noteExit, takeOff, tearDown } from './teardown.ts'
import { findSpec } from './ve-store.ts'

/** A request that works on the VE meanwhile may take as long as a template takes to copy. */
const WAIT_SECONDS = 600
/** A VE that reboots as soon as it is up, again and again, would keep its host busy with nothing else. */
const QUICK_MS = 10_000
const QUICK_REBOOTS_MOST = 5

/** Whether it is to be started again; counts reboots that came quickly one after the other. */
function mayReboot(sys: Sys, spec: VeSpec, bootedAt: number): boolean {
  if (readEpoch(sys, spec.veid) !== spec.epoch || isReleased(sys, spec.veid)) return false
  const { reboots } = vePaths(spec.veid)
  const quick = sys.now() - bootedAt < QUICK_MS ? Number(sys.read(reboots) ?? 0) + 1 : 0
  sys.write(reboots, String(quick))
  if (quick <= QUICK_REBOOTS_MOST) return true
  appendBootLog(sys, spec.veid, `Rebooted ${quick} times in a row within ${QUICK_MS / 1000} s: left stopped.`)
  sys.remove(reboots)
  return false
}

function settle(context: MethodContext, veid: number, boot: string): void {
  const { sys } = context
  const spec = findSpec(sys, veid)
  const exit = loadRuntime().exit(sys, veid)
  if (spec === null || exit === null || exit.boot !== boot) return // another request has dealt with it
  const rescue = rescueOf(sys, veid) !== null
  const { reason } = classifyExit(exit, asMade(sys, spec).kind, haltAsked(sys, veid))
  if (reason !== 'reboot' || !mayReboot(sys, spec, Number.parseInt(boot, 10))) {
    takeOff(sys, spec)
    return
  }
  noteExit(sys, spec)
  tearDown(sys, spec)
  try {
    if (rescue) bringUp(context, rescueSpec(spec), { rescue })
    else bringUp(context, spec)
  } catch (error) {
    appendBootLog(sys, veid, `Could not be started again: ${error instanceof Error ? error.message : error}`)
    throw error
  }
}

export function ended(sys: Sys, agentVersion: string): void {
  const [, veid = '', boot = ''] = sys.args
  if (!/^\d{3,10}$/.test(veid) || boot === '') throw new Error('usage: ended VEID BOOT')
  leaveMonitorGroup(sys)
  const key = `ended:${veid}:${boot}`
  const context = { sys, key, agentVersion, progress: () => {}, log: () => {} }
  const work = () => settle(context, Number(veid), boot)
  withLock(sys, `ve${veid}`, `VE ${veid}`, key, work, { waitSeconds: WAIT_SECONDS })
}
