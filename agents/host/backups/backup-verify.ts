import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MethodContext } from '../request.ts'
import { verified } from './manifest.ts'
import { demandStore } from './store.ts'

/** Takes no lock: a backup is never changed. */
export function backupVerify(
  { sys }: MethodContext,
  { store, backup, digest }: AgentParams<'backup-verify'>,
): AgentResult<'backup-verify'> {
  demandStore(sys, store)
  return { bytes: verified(sys, `${store.path}/${backup}`, backup, digest).disk.bytes }
}
