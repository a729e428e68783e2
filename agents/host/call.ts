import {
  AGENT_METHODS,
  AGENT_METHOD_NAMES,
  type AgentMethod,
  type AgentRequest,
  agentRequest,
  PROTOCOL_VERSION,
} from '../../lib/contract/agent-protocol.ts'
import { invalidInput, Problem } from '../../lib/contract/problem.ts'
import { runOnce } from './journal.ts'
import { METHODS } from './registry.ts'
import type { MethodContext } from './request.ts'
import type { Sys } from './sys/sys.ts'

function send(sys: Sys, message: Record<string, unknown>): void {
  sys.output(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

function parseRequest(line: string): AgentRequest {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw new Problem('invalid-input', 'The request is not JSON.')
  }
  const parsed = agentRequest.safeParse(json)
  if (!parsed.success) throw invalidInput(parsed.error.issues)
  if (parsed.data.protocol !== PROTOCOL_VERSION) {
    throw new Problem(
      'agent-version-mismatch',
      `The agent speaks protocol ${PROTOCOL_VERSION}, the request protocol ${parsed.data.protocol}.`,
    )
  }
  return parsed.data
}

function knownMethod(name: string): AgentMethod {
  const method = AGENT_METHOD_NAMES.find((known) => known === name)
  if (method === undefined) throw new Problem('unknown-method', `The agent has no method "${name}".`)
  return method
}

function answer(sys: Sys, request: AgentRequest): unknown {
  const name = knownMethod(request.method)
  const method = AGENT_METHODS[name]
  const parsed = method.params.safeParse(request.params)
  if (!parsed.success) throw invalidInput(parsed.error.issues)
  const context: MethodContext = {
    sys,
    key: request.id,
    progress: (params) => send(sys, { method: 'progress', params }),
    log: (line) => send(sys, { method: 'log', params: { line } }),
  }
  const run = METHODS[name] as (context: MethodContext, params: unknown) => unknown
  const work = () => run(context, parsed.data)
  if (!method.journalled) return work()
  return runOnce(sys, { key: request.id, method: name, params: parsed.data }, work)
}

/** The id of a request that could not be understood as a whole, where it has one. */
function idOf(line: string): string | null {
  try {
    const id = (JSON.parse(line) as { id?: unknown }).id
    return agentRequest.shape.id.safeParse(id).data ?? null
  } catch {
    return null
  }
}

/** JSON-RPC 2.0 (5.1): its own numbers for what the envelope got wrong, -32000 for all of ours. */
const RPC_CODES: Partial<Record<string, number>> = { 'unknown-method': -32601, 'invalid-input': -32602 }

/** Answers the one request on standard input. */
export function call(sys: Sys): void {
  const line = sys.readInputLine()
  if (line === null) return
  try {
    const request = parseRequest(line)
    send(sys, { id: request.id, result: answer(sys, request) })
  } catch (error) {
    const problem = Problem.from(error)
    const code = RPC_CODES[problem.code] ?? -32000
    send(sys, { id: idOf(line), error: { code, message: problem.detail, data: problem.toJson() } })
  }
}
