/** For tests on lab hosts: enrolled, with a template built there. A worker has to run. */
import { expect } from 'vitest'
import { db, transaction } from '../db/client.ts'
import type { LabHost } from '../lab/lab-state.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import type { OperationType } from '../operations/registry.ts'
import { ACTOR, ended, type Fleet } from './test-fleet.ts'

export async function enrolLabFleet(host: LabHost): Promise<Fleet> {
  return enrolBeside(await makeTemplate(), host)
}

/** Several at once. */
export async function enrolLabHosts(hosts: readonly LabHost[]): Promise<Fleet[]> {
  const shared = await makeTemplate()
  return Promise.all(hosts.map((host) => enrolBeside(shared, host)))
}

async function makeTemplate(): Promise<Omit<Fleet, 'hostId'>> {
  const { id: accountId } = await db().account.create({ data: { kind: 'provider', name: 'P' } })
  const definition = { family: 'debian', suite: 'trixie', arch: 'x86-64', init: 'sysvinit', packages: [] }
  const template = await db().template.create({
    data: { accountId, name: 'trixie', arch: 'x86-64', definition },
  })
  return { accountId, templateId: template.id }
}

/** Another host of the same account, with the template too. */
export async function enrolBeside(
  { accountId, templateId }: Omit<Fleet, 'hostId'>,
  host: LabHost,
): Promise<Fleet> {
  const { name, address, sshPort: port, hostKeyFingerprint: fingerprint } = host
  const row = await db().host.create({
    data: { accountId, name, address, port, user: 'root', fingerprint, status: 'enrolling' },
  })
  const fleet = { accountId, hostId: row.id, templateId }
  const secret = { kind: 'password', password: host.rootPassword }
  await run(fleet, 'host-enrol', { hostId: row.id }, { secret, templateId: null })
  await run(fleet, 'template-build', { templateId, hostId: row.id })
  return fleet
}

async function run(fleet: Fleet, type: OperationType, input: object, more: object = {}): Promise<void> {
  const request = { type, input, title: type, actor: ACTOR, ...fleet, ...more }
  const { operationId } = await transaction((tx) => enqueueOperation(tx, request as never))
  const operation = await ended(operationId, 400_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
}
