import { type AgentParams, type AgentResult, HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { withLock } from '../lock.ts'
import type { MethodContext } from '../request.ts'
import { withRevert } from '../revert.ts'
import { interpreter } from '../sys/interpreter.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

const SIGNER = 'corral'
const NAMESPACE = 'corral-agent'
const PREVIOUS_AGENT = `${HOST_PATHS.agent}.previous`

function verify(sys: Sys, bundle: string, signatureFile: string): void {
  const argv = [
    ...['ssh-keygen', '-Y', 'verify', '-f', HOST_PATHS.releaseKeys],
    ...['-I', SIGNER, '-n', NAMESPACE, '-s', signatureFile],
  ]
  const result = sys.run(argv, { stdin: bundle })
  if (result.code === 0) return
  const { context } = commandFailed(argv, result)
  throw new Problem('forbidden', 'The new agent is not signed with the release key of this host.', {
    context,
  })
}

/** Verifies, tries the new agent once, keeps the present one beside it, and takes its name in one step. */
function install(sys: Sys, { bundle, signature }: AgentParams<'agent-upgrade'>): string {
  const fresh = `${HOST_PATHS.agent}.new`
  const signatureFile = `${HOST_PATHS.agent}.sig`
  return withRevert((revert) => {
    revert.push('new agent', () => sys.remove(fresh))
    sys.write(signatureFile, signature)
    try {
      verify(sys, bundle, signatureFile)
    } finally {
      sys.remove(signatureFile)
    }
    sys.write(fresh, bundle, 0o644)
    const agentVersion = mustRun(sys, [...interpreter(sys), fresh, 'version']).stdout.trim()
    sys.run(['sync', fresh])
    sys.run(['cp', '-p', HOST_PATHS.agent, PREVIOUS_AGENT])
    sys.rename(fresh, HOST_PATHS.agent)
    return agentVersion
  })
}

export function agentUpgrade(
  { sys, key }: MethodContext,
  params: AgentParams<'agent-upgrade'>,
): AgentResult<'agent-upgrade'> {
  return withLock(sys, 'agent', 'The agent', key, () => ({ agentVersion: install(sys, params) }))
}
