/**
 * Answers the one request on standard input. What every request needs is here and small, so that the agent starts in a
 * millisecond or two; schemas and methods are the other parts of the bundle and are read when a method asks for them.
 */
import { PROTOCOL_VERSION, READY, REQUEST_KEY } from '../../lib/contract/agent-constants.ts'
import type { AgentRequest } from '../../lib/contract/agent-protocol.ts'
import type { ProblemJson } from '../../lib/contract/problem.ts'
import { loadRare, loadUsual } from './load-part.ts'
import { RARELY_ASKED } from './rarely-asked.ts'
import type { Sys } from './sys/sys.ts'
import { AGENT_VERSION } from './version.ts'

/** JSON-RPC 2.0 (5.1): its own numbers for what the envelope got wrong, -32000 for all of ours. */
const RPC_CODES: Partial<Record<ProblemJson['code'], number>> = {
  'unknown-method': -32601,
  'invalid-input': -32602,
}

export function errorMessage(id: string | null, problem: ProblemJson): Record<string, unknown> {
  const code = RPC_CODES[problem.code] ?? -32000
  return { id, error: { code, message: problem.detail, data: problem } }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same rules as the contract's `agentRequest`, which call.test.ts holds it to. */
export function parseRequest(line: string): AgentRequest | { id: string | null; problem: ProblemJson } {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return { id: null, problem: { code: 'invalid-input', detail: 'The request is not JSON.' } }
  }
  if (!isRecord(json)) {
    return { id: null, problem: { code: 'invalid-input', detail: 'The request is not an object.' } }
  }
  const { jsonrpc, id, method, protocol, params } = json
  const key = typeof id === 'string' && REQUEST_KEY.test(id) ? id : null
  const bad: string[] = []
  if (jsonrpc !== '2.0') bad.push('jsonrpc')
  if (key === null) bad.push('id')
  if (typeof method !== 'string') bad.push('method')
  if (!Number.isSafeInteger(protocol)) bad.push('protocol')
  if (bad.length > 0 || key === null) {
    return { id: key, problem: { code: 'invalid-input', detail: `Not valid: ${bad.join(', ')}.` } }
  }
  // An agent of another version must still take its successor.
  if (protocol !== PROTOCOL_VERSION && method !== 'agent-upgrade') {
    const detail = `The agent speaks protocol ${PROTOCOL_VERSION}, the request protocol ${protocol}.`
    return { id: key, problem: { code: 'agent-version-mismatch', detail } }
  }
  return { jsonrpc: '2.0', id: key, method: method as string, params, protocol: protocol as number }
}

/** Who asks does not wait for what answers to be read: that is done when this says so. */
export function callReady(sys: Sys): void {
  const { answerRare } = loadRare(sys)
  sys.output(`${READY}\n`)
  call(sys, answerRare)
}

export function call(sys: Sys, answerRare?: ReturnType<typeof loadRare>['answerRare']): void {
  const line = sys.readInputLine()
  if (line === null) return
  const send = (message: Record<string, unknown>) =>
    sys.output(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const request = parseRequest(line)
  if ('problem' in request) {
    send(errorMessage(request.id, request.problem))
  } else if (request.method === 'ping' && isRecord(request.params)) {
    send({ id: request.id, result: { protocol: PROTOCOL_VERSION, agentVersion: AGENT_VERSION } })
  } else {
    const rare = RARELY_ASKED.some((name) => name === request.method)
    const answer = rare ? (answerRare ?? loadRare(sys).answerRare) : loadUsual(sys).answerUsual
    send(answer(sys, request, AGENT_VERSION, send))
  }
}
