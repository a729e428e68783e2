import { agentCall } from './agent-call.ts'
import { cpuWeight } from './cpu-weight.ts'
import { density } from './density.ts'
import type { Bench } from './figure.ts'
import { liveMove } from './live-move.ts'
import { neighbourLatency } from './neighbour-latency.ts'
import { rss } from './rss.ts'
import { upFresh } from './up-fresh.ts'
import { veCpu } from './ve-cpu.ts'
import { veCreate } from './ve-create.ts'
import { veFs } from './ve-fs.ts'
import { veNetwork } from './ve-network.ts'

export const BENCHES: readonly Bench[] = [
  veCreate,
  agentCall,
  rss,
  upFresh,
  veCpu,
  veFs,
  veNetwork,
  density,
  cpuWeight,
  neighbourLatency,
  liveMove,
]
