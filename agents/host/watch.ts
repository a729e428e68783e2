import * as z from 'zod/mini'
import { HOST_PATHS, type WatchSample } from '../../lib/contract/agent-protocol.ts'
import { bootId } from './facts/boot-id.ts'
import { meminfoBytes } from './facts/parse.ts'
import { space } from './facts/space.ts'
import { observeAll } from './observe.ts'
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

function sample(sys: Sys): WatchSample {
  return {
    at: sys.now(),
    bootId: bootId(sys),
    load1: Number.parseFloat(sys.read('/proc/loadavg') ?? '0'),
    memoryFreeBytes: meminfoBytes(sys.read('/proc/meminfo') ?? '', 'MemAvailable'),
    vzFreeBytes: space(sys, HOST_PATHS.vz).availableBytes,
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
