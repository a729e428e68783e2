/** What a step gets: its own key, the log of its operation, and hosts through the worker. */
import { randomUUID } from 'node:crypto'
import type { AgentMethod, AgentParams, AgentProgress } from '../contract/agent-protocol.ts'
import type { HostAccess } from '../operations/host-access.ts'
import type { OperationInput, OperationType } from '../operations/registry.ts'
import type { SagaContext } from '../operations/saga.ts'
import type { OperationLog } from './operation-log.ts'

type Course = {
  operationId: string
  input: unknown
  secret: unknown
  outputs: Record<string, unknown>
  hosts: HostAccess
  log: OperationLog
}

/**
 * The context for one do or undo of a step. An undo gets a fresh key each time: it must be carried out again even if an
 * earlier try of it, or a do that went on meanwhile, came in between.
 */
export function stepContext(
  course: Course,
  step: string,
  direction: 'do' | 'undo',
  signal: AbortSignal,
): SagaContext<OperationType> {
  const { operationId, hosts, log } = course
  const key = `${operationId}:${step}${direction === 'undo' ? `:undo:${randomUUID().slice(0, 8)}` : ''}`
  return {
    operationId,
    input: course.input as OperationInput<OperationType>,
    secret: course.secret,
    outputs: course.outputs,
    hosts,
    key,
    signal,
    log: (line) => log.add(line),
    progress: (detail) => log.detail(detail),
    async call<M extends AgentMethod>(hostId: string, method: M, params: AgentParams<M>, choice?: string) {
      const link = await hosts.link(hostId)
      const chosenKey = choice === undefined ? key : `${key}:${choice}`
      const onProgress = (progress: AgentProgress) => report(log, progress)
      return link.call(method, params, {
        ...{ key: chosenKey, signal, onProgress, prepared: operationId },
        onLog: (line) => log.add(line),
      })
    },
    async prepare(hostId: string) {
      const link = await hosts.link(hostId).catch(() => null)
      await link?.prepare?.(operationId)
    },
  }
}

/** What goes on is the step's detail, for the eye; what is over is a line of the log. */
function report(log: OperationLog, progress: AgentProgress) {
  const detail = progress.detail ? ` (${progress.detail})` : ''
  if (progress.state !== 'running') return log.add(`${progress.label}: ${progress.state}${detail}`)
  const percent = progress.fraction === undefined ? '' : ` ${Math.round(progress.fraction * 100)} %`
  log.detail(`${progress.label}${percent}${detail}`)
}
