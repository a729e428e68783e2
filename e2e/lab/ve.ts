import { setTimeout as sleep } from 'node:timers/promises'
import { GIB } from '../../lib/contract/units.ts'
import type { OperationResource } from '../../lib/operations/resource.ts'
import type { VeResource } from '../../lib/ves/resource.ts'
import type { Api } from '../api.ts'
import { expect, unique } from '../fixtures.ts'
import { type Key, openGuest } from './lab.ts'

export type Creation = { ve: VeResource; operation: OperationResource }

/** Asks for a VE on any host that has the template, to be started, and does not wait. */
export function beginVe(api: Api, prefix: string, templateId: string, key: Key): Promise<Creation> {
  const guest = { hostname: 've.example.org', limits: { diskBytes: GIB }, sshKeys: [key.public] }
  return api.must<Creation>(api.post('/ves', { name: unique(prefix), templateId, start: true, ...guest }))
}

/** Returns as soon as a worker has taken the operation up; it must not have ended by then. */
export async function begun(api: Api, id: string): Promise<void> {
  for (;;) {
    const { status } = await api.must<OperationResource>(api.get(`/operations/${id}`))
    if (status === 'queued') await sleep(5)
    else return expect(status).toBe('running')
  }
}

/** It is not only said to run. */
export async function expectAlive({ addresses }: VeResource, key: Key): Promise<void> {
  const guest = await openGuest(addresses[0] ?? '', key)
  expect((await guest.run('cat', '/proc/1/comm')).stdout.trim()).toBe('init')
  guest.close()
}

export async function destroyVe(api: Api, ve: VeResource): Promise<void> {
  const done = async (answer: ReturnType<Api['post']>) =>
    api.succeeded((await api.must<{ operation: OperationResource }>(answer)).operation.id)
  if (ve.state === 'running') await done(api.post(`/ves/${ve.id}/stop`, { timeoutSeconds: 0 }))
  await done(api.delete(`/ves/${ve.id}`))
}
