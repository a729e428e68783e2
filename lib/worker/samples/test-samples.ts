/** For tests: samples as a host's agent sends them. */
import type { ObservedVe, WatchSample } from '../../contract/agent-protocol.ts'

const NONE = { inBytes: 0, outBytes: 0 }
export const STARTED_AT = 1_700_000_000_000

export function seenAs(
  ve: { id: string; veid: number },
  state: 'running' | 'stopped' | 'hibernated',
  more: Partial<ObservedVe> = {},
): ObservedVe {
  const running = state === 'running'
  return {
    veid: ve.veid,
    uuid: ve.id,
    epoch: 1,
    state,
    initPid: running ? 7 : null,
    startedAt: running ? STARTED_AT : null,
    memoryBytes: null,
    processes: null,
    cpuMicroseconds: null,
    diskUsedBytes: null,
    fileSystem: null,
    beancounters: null,
    rescue: false,
    lastExit: null,
    checkpoint: null,
    traffic: { base: NONE, live: NONE, series: running ? 'a' : null },
    ...more,
  }
}

export function sampleOf(ves: ObservedVe[], more: Partial<WatchSample> = {}): WatchSample {
  return {
    at: STARTED_AT,
    bootId: 'boot-1',
    load1: 0,
    memoryFreeBytes: 1,
    vzFreeBytes: 1,
    ves,
    limitEvents: [],
    ...more,
  }
}
