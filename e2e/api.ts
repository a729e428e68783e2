import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TemplateDefinition } from '../lib/contract/template-definition.ts'
import type { HostCreateInput, HostResource } from '../lib/hosts/resource.ts'
import type { OperationResource } from '../lib/operations/resource.ts'
import type { TemplateCreateInput, TemplateResource } from '../lib/templates/resource.ts'
import type { VeCreateInput, VeResource } from '../lib/ves/resource.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is what these tests are about
export type Answer = { status: number; headers: Headers; body: any }
type Sending = { key?: string; token?: string | null }
/** The least there is to build. */
export const PLAIN_DEBIAN: TemplateDefinition = {
  family: 'debian',
  suite: 'trixie',
  arch: 'x86-64',
  init: 'sysvinit',
  packages: [],
}

type Started = { operation: OperationResource }

const ENDED = ['succeeded', 'failed', 'cancelled', 'stuck']
const POLL_MS = 200

/** The REST API as a script uses it: for asserting on it, and for bringing about what a browser test starts from. */
export class Api {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  get(path: string, sending?: Sending): Promise<Answer> {
    return this.send('GET', path, undefined, sending)
  }

  post(path: string, body: unknown = {}, sending?: Sending): Promise<Answer> {
    return this.send('POST', path, body, sending)
  }

  delete(path: string, sending?: Sending): Promise<Answer> {
    return this.send('DELETE', path, undefined, sending)
  }

  /** Never throws for a status: a refusal is an answer like any other. `token: null` sends none. */
  async send(method: string, path: string, body: unknown, { key, token }: Sending = {}): Promise<Answer> {
    const headers = new Headers({ accept: 'application/json' })
    if (token !== null) headers.set('authorization', `Bearer ${token ?? this.#token}`)
    if (body !== undefined) headers.set('content-type', 'application/json')
    if (method === 'POST') headers.set('idempotency-key', key ?? randomUUID())
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${this.#url}/api/v1${path}`, { method, headers, ...init })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null }
  }

  /** The body of an answer that must be a success. */
  async must<T>(answer: Promise<Answer>): Promise<T> {
    const { status, body } = await answer
    if (status >= 200 && status < 300) return body as T
    throw new Error(`The API answered ${status}: ${JSON.stringify(body)}`)
  }

  /** Waits for an operation to end, however it ends. Playwright's own timeout is the limit. */
  async ended(id: string): Promise<OperationResource> {
    for (;;) {
      const operation = await this.must<OperationResource>(this.get(`/operations/${id}`))
      if (ENDED.includes(operation.status)) return operation
      await sleep(POLL_MS)
    }
  }

  async succeeded(id: string): Promise<OperationResource> {
    const operation = await this.ended(id)
    if (operation.status === 'succeeded') return operation
    throw new Error(`${operation.title}: ${operation.status}, ${JSON.stringify(operation.problem)}`)
  }

  hosts = () => this.#list<HostResource>('/hosts')
  templates = () => this.#list<TemplateResource>('/templates')
  ve = (id: string) => this.must<VeResource>(this.get(`/ves/${id}`))

  async #list<T>(path: string): Promise<T[]> {
    return (await this.must<{ items: T[] }>(this.get(`${path}?limit=200`))).items
  }

  /** A host, enrolled. */
  async addHost(input: HostCreateInput): Promise<HostResource> {
    const added = await this.must<Started & { host: HostResource }>(this.post('/hosts', input))
    await this.succeeded(added.operation.id)
    return this.must<HostResource>(this.get(`/hosts/${added.host.id}`))
  }

  /** A template, built on all its hosts. */
  async addTemplate(input: TemplateCreateInput): Promise<TemplateResource> {
    type Made = { template: TemplateResource; operations: OperationResource[] }
    const made = await this.must<Made>(this.post('/templates', input))
    for (const { id } of made.operations) await this.succeeded(id)
    return this.must<TemplateResource>(this.get(`/templates/${made.template.id}`))
  }

  /** The template that `npm run up` makes. */
  async firstTemplate(): Promise<string> {
    const template = (await this.templates()).find(({ name }) => name === 'debian-13')
    if (template) return template.id
    throw new Error('the panel has no template debian-13')
  }

  /** The host that `npm run up` enrols first. */
  async firstHost(): Promise<string> {
    const host = (await this.hosts()).find(({ name }) => name === 'sim1')
    if (host) return host.id
    throw new Error('the panel has no host sim1')
  }

  /**
   * A VE, of the first template and on the first host unless others are named: it is not for the tests before to decide what the
   * host can do. Created, whatever became of it.
   */
  async addVe(input: Pick<VeCreateInput, 'name'> & Partial<VeCreateInput>): Promise<VeResource> {
    const templateId = input.templateId ?? (await this.firstTemplate())
    const hostId = input.hostId ?? (await this.firstHost())
    const sent = { hostname: 've.example.org', ...input, templateId, hostId }
    const made = await this.must<Started & { ve: VeResource }>(this.post('/ves', sent))
    await this.ended(made.operation.id)
    return this.ve(made.ve.id)
  }
}
