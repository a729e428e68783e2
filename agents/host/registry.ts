import type { AgentMethod } from '../../lib/contract/agent-protocol.ts'
import { ping } from './methods/ping.ts'
import { veConfigure } from './methods/ve-configure.ts'
import { veCreate } from './methods/ve-create.ts'
import { veDestroy } from './methods/ve-destroy.ts'
import { veExec } from './methods/ve-exec.ts'
import { veHalt } from './methods/ve-halt.ts'
import { veStart } from './methods/ve-start.ts'
import { veState } from './methods/ve-state.ts'
import { veStop } from './methods/ve-stop.ts'
import type { RareMethod } from './rarely-asked.ts'
import type { Methods } from './request.ts'

export const USUAL_METHODS: Methods<Exclude<AgentMethod, RareMethod>> = {
  ping,
  've-create': veCreate,
  've-start': veStart,
  've-configure': veConfigure,
  've-halt': veHalt,
  've-stop': veStop,
  've-exec': veExec,
  've-destroy': veDestroy,
  've-state': veState,
}
