import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MethodContext } from '../request.ts'
import { replaceFileDurably } from '../sys/files.ts'

const AUTHORIZED_KEYS = '/root/.ssh/authorized_keys'

/** Takes the panel's key away. Agent and state stay: they are in nobody's way, and the host may be enrolled again. */
export function hostLeave(
  { sys }: MethodContext,
  { panelKey }: AgentParams<'host-leave'>,
): AgentResult<'host-leave'> {
  const lines = sys.read(AUTHORIZED_KEYS)?.split('\n') ?? []
  const kept = lines.filter((line) => !line.includes(panelKey))
  if (kept.length < lines.length) replaceFileDurably(sys, AUTHORIZED_KEYS, kept.join('\n'))
  return {}
}
