import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { keepRecords, newMemory } from '../beancounters/sample.ts'
import { tableText } from '../beancounters/table.ts'
import { observeWith } from '../observe.ts'
import type { MethodContext } from '../request.ts'
import { getSpec } from '../ve-store.ts'

/** Only VEs that run have counters, as with OpenVZ. */
export function userBeancountersMethod(
  { sys }: MethodContext,
  { veid }: AgentParams<'user-beancounters'>,
): AgentResult<'user-beancounters'> {
  if (veid !== undefined) getSpec(sys, veid)
  const counters = newMemory(false)
  observeWith(sys, counters)
  keepRecords(sys, counters)
  if (veid === undefined) return { text: tableText(sys, counters) }
  const known = counters.ves.get(veid)
  if (known === undefined) {
    throw new Problem('ve-state-forbids', `VE ${veid} does not run: it has no counters.`)
  }
  return { text: tableText(sys, { ...counters, ves: new Map([[veid, known]]) }) }
}
