import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { space } from '../facts/space.ts'
import type { MethodContext } from '../request.ts'
import { backupIds, clearLeaving, demandStore, makeStore } from './store.ts'

export function backupStoreLook(
  { sys }: MethodContext,
  { store, make }: AgentParams<'backup-store-look'>,
): AgentResult<'backup-store-look'> {
  if (make) makeStore(sys, store)
  else demandStore(sys, store)
  clearLeaving(sys, store)
  const { availableBytes, totalBytes } = space(sys, store.path)
  return { freeBytes: availableBytes, totalBytes, backups: backupIds(sys, store) }
}
