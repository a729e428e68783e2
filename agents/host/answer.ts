import {
  AGENT_METHOD_NAMES,
  AGENT_METHODS,
  type AgentMethod,
  type AgentRequest,
} from '../../lib/contract/agent-protocol.ts'
import { invalidInput, Problem } from '../../lib/contract/problem.ts'
import { errorMessage } from './call.ts'
import { runOnce } from './journal.ts'
import type { MethodContext, Methods } from './request.ts'
import type { Sys } from './sys/sys.ts'

type Send = (message: Record<string, unknown>) => void

function knownMethod(name: string): AgentMethod {
  const method = AGENT_METHOD_NAMES.find((known) => known === name)
  if (method === undefined) throw new Problem('unknown-method', `The agent has no method "${name}".`)
  return method
}

type Handlers = Partial<Methods<AgentMethod>>

function run(handlers: Handlers, sys: Sys, request: AgentRequest, agentVersion: string, send: Send): unknown {
  const name = knownMethod(request.method)
  const method = AGENT_METHODS[name]
  const parsed = method.params.safeParse(request.params)
  if (!parsed.success) throw invalidInput(parsed.error.issues)
  const context: MethodContext = {
    sys,
    key: request.id,
    agentVersion,
    progress: (params) => send({ method: 'progress', params }),
    log: (line) => send({ method: 'log', params: { line } }),
  }
  const handler = handlers[name] as (context: MethodContext, params: unknown) => unknown
  const work = () => handler(context, parsed.data)
  if (!method.journalled) return work()
  return runOnce(sys, { key: request.id, method: name, params: parsed.data }, work)
}

/** The response to a request, as a JSON-RPC message without its version; progress and log go out through `send`. */
export function answer(
  handlers: Handlers,
  sys: Sys,
  request: AgentRequest,
  agentVersion: string,
  send: Send,
): Record<string, unknown> {
  try {
    return { id: request.id, result: run(handlers, sys, request, agentVersion, send) }
  } catch (error) {
    return errorMessage(request.id, Problem.from(error).toJson())
  }
}
