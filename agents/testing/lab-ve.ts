import type { ObservedVe } from '../../lib/contract/agent-protocol.ts'
import type { CloneSource } from '../../lib/contract/snapshots.ts'
import { UNLIMITED_RATE, type VeInterface } from '../../lib/contract/ve-interface.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { EXAMPLE_SPEC } from '../host/testing/example-spec.ts'
import { type AgentLab, PASSWORD } from './agent-lab.ts'

let counter = 0
/** Of no other test file's on the same host either. */
export const newKey = () => `test:${process.pid}:${counter++}`

/** Where it is to be: one host of a lab, or a machine host. */
type Place = Pick<AgentLab, 'agent' | 'template' | 'address'> & { publicKey?: string }

/** The VE of a test, 101 if nothing else is said, asked for with keys of their own. */
export class LabVe {
  spec: VeSpec
  readonly #lab: Place
  readonly #patience: number

  /** `patience`: for how many seconds a program may run in it if nothing else is said. */
  constructor(lab: Place, overrides: Partial<VeSpec> = {}, patience = 20) {
    this.#lab = lab
    this.#patience = patience
    const eth0: VeInterface = {
      ...{ kind: 'routed', index: 0, ifname: 'eth0', prefixes: [], rate: UNLIMITED_RATE },
      addresses: [lab.address],
    }
    this.spec = { ...EXAMPLE_SPEC, interfaces: [eth0], ...overrides }
  }

  get key() {
    const { veid, uuid, epoch } = this.spec
    return { veid, uuid, epoch }
  }

  get #from() {
    const { publicKey, template } = this.#lab
    const access = { rootPassword: PASSWORD, sshKeys: publicKey === undefined ? [] : [publicKey] }
    return { cache: template.cache, digest: template.digest, access }
  }

  create() {
    return this.#lab.agent.call('ve-create', { ...this.#from, spec: this.spec }, newKey())
  }
  /** From a snapshot of another VE, started; root has the password and keys that it had there. */
  createFrom(from: CloneSource, key = newKey()) {
    const params = { spec: this.spec, from, access: { sshKeys: [] }, start: true }
    return this.#lab.agent.call('ve-create', params, key)
  }
  start() {
    return this.#lab.agent.call('ve-start', { spec: this.spec }, newKey())
  }
  rescue(key = newKey()) {
    return this.#lab.agent.call('ve-rescue', { ...this.#from, spec: this.spec }, key)
  }
  /** Keeps the new spec when the host took it. */
  async configure(changes: Partial<VeSpec>, key = newKey()) {
    const spec = { ...this.spec, ...changes }
    const seen = await this.#lab.agent.call('ve-configure', { spec }, key)
    this.spec = spec
    return seen
  }
  halt() {
    return this.#lab.agent.call('ve-halt', { ...this.key, waitSeconds: 60 }, newKey())
  }
  stop() {
    return this.#lab.agent.call('ve-stop', this.key, newKey())
  }
  destroy() {
    return this.#lab.agent.call('ve-destroy', { ...this.key, kill: true }, newKey())
  }
  async seen(): Promise<ObservedVe | undefined> {
    return (await this.#lab.agent.call('ve-state', { veid: this.spec.veid }, newKey())).ves[0]
  }
  exec(
    command: string[],
    options: { stdin?: string; timeoutSeconds?: number; outputBytes?: number } = {},
    key = newKey(),
  ) {
    const limits = { timeoutSeconds: this.#patience, outputBytes: 10_000, stdin: '', ...options }
    return this.#lab.agent.call('ve-exec', { ...this.key, command, environment: {}, ...limits }, key)
  }
  /** What a line for the VE's shell prints. */
  async shell(line: string): Promise<string> {
    const { stdout, stderr } = await this.exec(['sh', '-c', line])
    return (stdout + stderr).trim()
  }
}
