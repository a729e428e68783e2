import { agentCall } from './agent-call.ts'
import type { Bench } from './figure.ts'
import { rss } from './rss.ts'
import { upFresh } from './up-fresh.ts'
import { veCreate } from './ve-create.ts'

export const BENCHES: readonly Bench[] = [veCreate, agentCall, rss, upFresh]
