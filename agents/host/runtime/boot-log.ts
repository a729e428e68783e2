import type { Sys } from '../sys/sys.ts'
import { monitorPaths } from './monitor-paths.ts'

const TEXT_MOST = 500

/** A word of the host's in a VE's boot log, for whom nobody else would tell. For a VE whose monitor has ended. */
export function appendBootLog(sys: Sys, veid: number, text: string): void {
  const { log } = monitorPaths(veid)
  const line = text.slice(0, TEXT_MOST).replaceAll('\n', ' ')
  const time = new Date(sys.now()).toISOString()
  sys.write(log, `${sys.read(log) ?? ''}${time} stderr F [corral] ${line}\n`)
}
