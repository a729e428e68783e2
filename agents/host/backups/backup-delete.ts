import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { type MethodContext, step } from '../request.ts'
import { demandStore, removeBackup } from './store.ts'

export function backupDelete(
  context: MethodContext,
  { store, backup }: AgentParams<'backup-delete'>,
): AgentResult<'backup-delete'> {
  const { sys } = context
  demandStore(sys, store)
  step(context, 'remove', 'Remove the backup', () => removeBackup(sys, store, backup))
  return {}
}
