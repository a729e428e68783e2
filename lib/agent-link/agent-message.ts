/** One line of an agent as a message. */
import * as z from 'zod/mini'
import { type AgentMessage, agentMessage } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'

const EXCERPT = 200

/** Throws `agent-failed` for what is not the protocol's; an excerpt is kept for us. */
export function parseAgentMessage(line: string): AgentMessage {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw notTheProtocol(line)
  }
  const message = z.safeParse(agentMessage, json)
  if (!message.success) throw notTheProtocol(line)
  return message.data
}

function notTheProtocol(line: string): Problem {
  return new Problem('agent-failed', 'What the host answers is not the agent’s protocol.', {
    context: { excerpt: line.slice(0, EXCERPT) },
  })
}
