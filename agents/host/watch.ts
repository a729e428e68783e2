import * as z from 'zod/mini'
import { HOST_PATHS, type WatchSample } from '../../lib/contract/agent-protocol.ts'
import { observeAll } from './observe.ts'
import { mustRun } from './sys/run.ts'
import type { Sys } from './sys/sys.ts'

const watchStart = z.object({ intervalSeconds: z.number().check(z.gte(0.1), z.lte(3600)) })
const DEFAULT_INTERVAL_SECONDS = 5

function intervalMs(sys: Sys): number {
  try {
    return watchStart.parse(JSON.parse(sys.readInputLine() ?? '')).intervalSeconds * 1000
  } catch {
    return DEFAULT_INTERVAL_SECONDS * 1000
  }
}

function memoryFreeBytes(sys: Sys): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(sys.read('/proc/meminfo') ?? '')?.[1] ?? 0) * 1024
}

function vzFreeBytes(sys: Sys): number {
  const [blocks = 0, size = 0] = mustRun(sys, ['stat', '-f', '-c', '%a %S', HOST_PATHS.vz])
    .stdout.split(' ')
    .map(Number)
  return blocks * size
}

function sample(sys: Sys): WatchSample {
  return {
    at: sys.now(),
    bootId: (sys.read('/proc/sys/kernel/random/boot_id') ?? '').trim(),
    load1: Number.parseFloat(sys.read('/proc/loadavg') ?? '0'),
    memoryFreeBytes: memoryFreeBytes(sys),
    vzFreeBytes: vzFreeBytes(sys),
    ves: observeAll(sys),
  }
}

/** Streams samples until standard input ends. Its first line is {"intervalSeconds":n}. */
export function watch(sys: Sys): void {
  const interval = intervalMs(sys)
  sys.every(
    interval,
    () => sys.output(`${JSON.stringify({ jsonrpc: '2.0', method: 'sample', params: sample(sys) })}\n`),
    () => sys.exit(0),
  )
}
