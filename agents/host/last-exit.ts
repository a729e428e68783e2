import type { ExitReason, VeExit } from '../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { vePaths } from './paths.ts'
import type { InitExit } from './runtime/runtime.ts'
import { readJson, replaceFileDurably } from './sys/files.ts'
import type { Sys } from './sys/sys.ts'

/** With these the kernel ends the init of a pid namespace from which reboot(2) was called (reboot(2), "Behavior inside PID namespaces"). */
const SIGHUP = 1
const SIGINT = 2
const SIGKILL = 9
const SIGNAL_BASE = 128
const SIGNALS_MOST = 64

export const STOPPED_BY_HOST = { reason: 'stopped-by-host', exitCode: null, signal: SIGKILL } as const

/** What an end of init means. `haltAsked`: the panel had asked it to halt, so that it stays down whatever it calls it. */
export function classifyExit(
  { code }: Pick<InitExit, 'code'>,
  kind: VeSpec['kind'],
  haltAsked: boolean,
): Omit<VeExit, 'at'> {
  const signal =
    code !== null && code > SIGNAL_BASE && code <= SIGNAL_BASE + SIGNALS_MOST ? code - SIGNAL_BASE : null
  return { reason: reasonOf(code, signal, kind, haltAsked), exitCode: signal === null ? code : null, signal }
}

function reasonOf(
  code: number | null,
  signal: number | null,
  kind: VeSpec['kind'],
  haltAsked: boolean,
): ExitReason {
  if (haltAsked) return 'halt'
  if (signal === SIGHUP && kind === 'system') return 'reboot'
  if (signal === SIGINT && kind === 'system') return 'halt'
  return code === null || signal !== null ? 'crashed' : 'ended'
}

export function readLastExit(sys: Sys, veid: number): VeExit | null {
  return readJson<VeExit>(sys, vePaths(veid).lastExit)
}

export function storeLastExit(sys: Sys, veid: number, exit: Omit<VeExit, 'at'>): void {
  replaceFileDurably(sys, vePaths(veid).lastExit, JSON.stringify({ at: sys.now(), ...exit } satisfies VeExit))
}
