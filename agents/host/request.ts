import type {
  AgentMethod,
  AgentParams,
  AgentProgress,
  AgentResult,
} from '../../lib/contract/agent-protocol.ts'
import type { Sys } from './sys/sys.ts'

/** What a method gets beside its parameters. */
export type MethodContext = {
  sys: Sys
  /** The request's idempotency key. */
  key: string
  agentVersion: string
  progress(progress: AgentProgress): void
  log(line: string): void
}

/** A table of what answers each of these methods. */
export type Methods<Name extends AgentMethod> = {
  [M in Name]: (context: MethodContext, params: AgentParams<M>) => AgentResult<M>
}

/** Tells the caller about a step while it runs and how it ended. */
export function step<T>(context: MethodContext, name: string, label: string, work: () => T): T {
  context.progress({ step: name, label, state: 'running' })
  try {
    const result = work()
    context.progress({ step: name, label, state: 'done' })
    return result
  } catch (error) {
    context.progress({ step: name, label, state: 'failed' })
    throw error
  }
}
