import { randomUUID } from 'node:crypto'
import type { SnapshotRoom } from '../../lib/contract/snapshots.ts'
import type { AgentLab } from './agent-lab.ts'
import { type LabVe, newKey } from './lab-ve.ts'

/** Snapshots of a test's VE, asked for with keys of their own unless it is told one. */
export class LabSnapshots {
  readonly #lab: Pick<AgentLab, 'agent'>
  readonly #ve: LabVe

  constructor(lab: Pick<AgentLab, 'agent'>, ve: LabVe) {
    this.#lab = lab
    this.#ve = ve
  }

  #named(snapshot: string) {
    return { ...this.#ve.key, snapshot }
  }
  create(id: string = randomUUID(), memory = false, key = newKey(), room?: SnapshotRoom) {
    const params = { ...this.#named(id), memory, ...(room ? { room } : {}) }
    return this.#lab.agent.call('ve-snapshot-create', params, key)
  }
  /** The id of one more. */
  async take(memory = false): Promise<string> {
    return (await this.create(randomUUID(), memory)).snapshot.id
  }
  rollback(snapshot: string, key = newKey()) {
    return this.#lab.agent.call('ve-snapshot-rollback', { spec: this.#ve.spec, snapshot }, key)
  }
  delete(id: string) {
    return this.#lab.agent.call('ve-snapshot-delete', this.#named(id), newKey())
  }
  mount(id: string) {
    return this.#lab.agent.call('ve-snapshot-mount', this.#named(id), newKey())
  }
  unmount(id: string) {
    return this.#lab.agent.call('ve-snapshot-unmount', this.#named(id), newKey())
  }
  async held() {
    return (await this.#lab.agent.call('ve-snapshot-list', this.#ve.key, newKey())).heldBytes
  }
  async list() {
    return (await this.#lab.agent.call('ve-snapshot-list', this.#ve.key, newKey())).snapshots
  }
}
