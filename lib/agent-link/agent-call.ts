/** One try of one call. */
import type { Client, ClientChannel } from 'ssh2'
import * as z from 'zod/mini'
import {
  AGENT_METHODS,
  type AgentMethod,
  type AgentParams,
  type AgentProgress,
  type AgentResult,
  PROTOCOL_VERSION,
} from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import { ChannelBroken, type ChannelEnd, converse, openChannel } from './agent-channel.ts'

export type CallOptions = {
  key: string
  signal?: AbortSignal
  onProgress?: (progress: AgentProgress) => void
  onLog?: (line: string) => void
  prepared?: string
}

/** The shell's answer for a program that is not there. */
const NOT_FOUND = 127

/**
 * Asks once, by the channel that was prepared for it if there is one. Rejects with the agent's own problem, with `agent-failed` when it misbehaves, with `missing-packages` when
 * there is nothing to run it, and with `ChannelBroken` when the connection gave way: then nothing is known.
 */
export async function callOnce<M extends AgentMethod>(
  client: Client,
  method: M,
  params: AgentParams<M>,
  options: CallOptions,
  prepared?: ClientChannel,
): Promise<AgentResult<M>> {
  const { key, signal } = options
  const channel = prepared ?? (await openChannel(client, 'call'))
  let answer: { result: unknown } | { problem: Problem } | undefined
  const request = { jsonrpc: '2.0' as const, id: key, method, params, protocol: PROTOCOL_VERSION }
  const end = await converse(channel, request, {
    keepStdinOpen: false,
    signal,
    onMessage(message) {
      if ('method' in message) {
        if (message.method === 'progress') options.onProgress?.(message.params)
        else if (message.method === 'log') options.onLog?.(message.params.line)
        else throw new Problem('agent-failed', 'The agent sent a sample nobody asked for.')
        return false
      }
      if (message.id !== key && message.id !== null)
        throw new Problem('agent-failed', 'The agent answered another request.', {
          context: { id: message.id },
        })
      if ('error' in message) answer = { problem: Problem.fromJson(message.error.data) }
      else answer = { result: message.result }
      return true
    },
  })
  if (!answer) throw endedWithoutAnswer(end)
  if ('problem' in answer) throw answer.problem
  return checkResult(method, answer.result)
}

function checkResult<M extends AgentMethod>(method: M, result: unknown): AgentResult<M> {
  const checked = z.safeParse(AGENT_METHODS[method].result, result)
  if (checked.success) return checked.data as AgentResult<M>
  throw new Problem('agent-failed', `The agent’s answer to ${method} is not as agreed.`, {
    context: { issues: checked.error.issues.slice(0, 5) },
  })
}

export function endedWithoutAnswer(end: ChannelEnd): Error {
  if (end.kind !== 'closed') return new ChannelBroken(end.kind === 'broken' ? end.reason : 'it was answered')
  const context = { exitCode: end.code, stderr: end.stderr }
  if (end.code === NOT_FOUND)
    return new Problem('missing-packages', 'The host has no qjs any more: its package is quickjs.', {
      context,
    })
  return new Problem('agent-failed', 'The agent ended without an answer.', { context })
}
