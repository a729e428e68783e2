import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperationResource } from '../../operations/resource.ts'

const POLL_MS = 500

/** The panel refused; `message` is its problem's own sentence. */
export class PanelRefusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'PanelRefusal'
    this.status = status
  }
}

/** `up` drives the panel through its REST API, exactly as a user's script would. */
export class PanelApi {
  readonly #url: string
  readonly #token: string
  /** Fires when whoever uses this has to stop. */
  readonly signal: AbortSignal

  constructor(url: string, token: string, signal: AbortSignal) {
    this.#url = url
    this.#token = token
    this.signal = signal
  }

  get<T>(path: string): Promise<T> {
    return this.#request<T>('GET', path)
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#request<T>('POST', path, body)
  }

  /** Every item of a list, page after page. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor ? `?limit=100&cursor=${encodeURIComponent(cursor)}` : '?limit=100'
      const page: { items: T[]; next: string | null } = await this.get(`${path}${query}`)
      items.push(...page.items)
      cursor = page.next
    } while (cursor)
    return items
  }

  /** Follows an operation to its end. `report` is told what it is doing; throws unless it succeeds. */
  async follow(id: string, report: (step: string) => void): Promise<OperationResource> {
    let last: string | undefined
    for (;;) {
      const operation = await this.get<OperationResource>(`/operations/${id}`)
      if (operation.status === 'succeeded') return operation
      if (operation.status !== 'queued' && operation.status !== 'running') {
        throw new Error(operation.problem?.detail ?? `${operation.title}: ${operation.status}`)
      }
      const now = describeStep(operation)
      if (now !== last) report(now)
      last = now
      await sleep(POLL_MS, undefined, { signal: this.signal })
    }
  }

  async #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      signal: this.signal,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json().catch(() => ({}))) as { title?: string; detail?: string }
    if (response.ok) return answer as T
    throw new PanelRefusal(
      response.status,
      answer.detail ?? answer.title ?? `${method} ${path}: ${response.status}`,
    )
  }
}

function describeStep(operation: OperationResource): string {
  const step = operation.steps.find(({ status }) => status === 'running')
  if (!step) return 'waiting for its turn'
  return step.detail ? `${step.label}, ${step.detail}` : step.label
}
