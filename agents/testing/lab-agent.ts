import {
  type AgentMethod,
  type AgentParams,
  type AgentResult,
  HOST_PATHS,
  PROTOCOL_VERSION,
} from '../../lib/contract/agent-protocol.ts'
import { Problem, type ProblemJson } from '../../lib/contract/problem.ts'
import { openHostShell, type ShellAddress } from '../../lib/lab/host-shell.ts'

type Answer = { result?: unknown; error?: { data: ProblemJson } }

/** The agent of a lab host, spoken to as a test needs it: without the worker's connection and its rules. */
export type LabAgent = {
  /** Rejects with the agent's problem. */
  call<M extends AgentMethod>(method: M, params: AgentParams<M>, key: string): Promise<AgentResult<M>>
  /** A line for the host's shell; gives its stdout. */
  run(line: string, input?: string): Promise<string>
  close(): void
}

export async function labAgent(host: ShellAddress): Promise<LabAgent> {
  const shell = await openHostShell(host)
  return {
    run: (line, input) => shell.execute(['sh', '-c', line], input),
    close: shell.close,
    call: async (method, params, key) => {
      const request = JSON.stringify({ jsonrpc: '2.0', id: key, protocol: PROTOCOL_VERSION, method, params })
      const text = await shell.execute(['qjs', '--std', HOST_PATHS.agent, 'call'], `${request}\n`)
      const answer = JSON.parse(text.trimEnd().split('\n').pop() ?? '') as Answer
      if (answer.error !== undefined) throw Problem.fromJson(answer.error.data)
      return answer.result as never
    },
  }
}
