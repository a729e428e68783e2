import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../auth/viewer.ts'
import type { Problem } from '../contract/problem.ts'
import { NO_FEATURES } from '../contract/ve-features.ts'
import { db } from '../db/client.ts'
import { makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { issueTicket } from '../terminals/issue-ticket.ts'
import { rescueVe } from './commands.ts'
import { createVe } from './create.ts'
import { execInVe } from './exec.ts'
import { getVe } from './queries.ts'
import type { VeCreateInput } from './resource.ts'
import { updateVe, type VeUpdateInput } from './update.ts'

let world: TestWorld
let count = 0

beforeAll(async () => {
  world = await makeTestWorld()
  const lacks = { available: false, reason: 'Its kernel lacks it.' }
  const device = (path: string, usedFor: string | null) => ({ path, type: 'block', sizeBytes: 1, usedFor })
  const card = (name: string, usedFor: string | null) => ({ name, mac: '02:00:00:00:00:01', usedFor })
  await db().host.update({
    where: { id: world.hosts.one },
    data: {
      capabilities: { fuse: lacks, tun: { available: true, reason: null } },
      facts: {
        bridges: [],
        devices: [device('/dev/sda1', 'mounted on /'), device('/dev/sdb1', null)],
        networkDevices: [card('eth0', 'carries its address'), card('eth1', null)],
      },
    },
  })
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer

/** A VE that is stopped, of the viewer's account. */
async function made(viewer: Viewer = admin(), more: Partial<VeCreateInput> = {}): Promise<string> {
  count += 1
  const input = { name: `ve-${count}`, hostname: 'old.example.org', templateId: world.template, ...more }
  const { ve, operationId } = await createVe(viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  return ve.id
}

async function refused(id: string, input: VeUpdateInput, viewer = admin()): Promise<Problem> {
  return updateVe(viewer, id, input).then(
    () => {
      throw new Error('It was let through.')
    },
    (problem) => problem,
  )
}
const fieldOf = (problem: Problem) => Object.keys(problem.fields ?? {})[0]

test('what only the panel knows is changed at once, the rest is left to its host', async () => {
  const id = await made()
  const { ve, operationId } = await updateVe(admin(), id, {
    name: 'renamed',
    description: 'Shop',
    tags: ['shop'],
    bootOrder: 5,
    hostname: 'new.example.org',
    features: { tun: true },
    rootPassword: 'correct horse',
  })
  expect(ve).toMatchObject({
    name: 'renamed',
    description: 'Shop',
    tags: ['shop'],
    bootOrder: 5,
    hostname: 'old.example.org',
  })
  const operation = await db().operation.findUniqueOrThrow({ where: { id: operationId ?? '' } })
  expect(operation.input).toEqual({
    veId: id,
    change: { hostname: 'new.example.org', features: { ...NO_FEATURES, tun: true }, hasPassword: true },
  })
  expect(operation.sealed).not.toBeNull()
  expect(JSON.stringify(operation)).not.toContain('horse')
  const audit = await db().auditEvent.findMany({ where: { veId: id }, orderBy: { id: 'asc' } })
  expect(audit.map(({ action }) => action)).toEqual([
    've-create',
    've-rename',
    'privilege-change',
    've-access',
  ])
})

test('what is as it is already asks nothing of the host', async () => {
  const id = await made()
  const same = { hostname: 'old.example.org', features: { tun: false }, devices: [], notes: 'x' }
  expect((await updateVe(admin(), id, same)).operationId).toBeNull()
})

test('what its host is judged by waits while the VE moves to another; what is no host’s does not', async () => {
  const id = await made()
  await db().ve.update({ where: { id }, data: { movingToId: world.hosts.two } })
  const more = { limits: { memoryBytes: 2 ** 31 } }
  expect(await refused(id, more)).toMatchObject({ code: 'conflict' })
  expect((await updateVe(admin(), id, { name: `moving-${count}` })).ve.name).toBe(`moving-${count}`)
  await db().ve.update({ where: { id }, data: { movingToId: null } })
  expect((await updateVe(admin(), id, more)).operationId).not.toBeNull()
})

test('what is refused leaves nothing changed', async () => {
  const id = await made()
  const problem = await refused(id, { name: 'half', features: { fuse: true } })
  expect(problem).toMatchObject({
    code: 'capability-missing',
    fields: { 'features.fuse': expect.any(String) },
  })
  expect((await getVe(admin(), id)).name).not.toBe('half')
  await db().ve.update({ where: { id }, data: { state: 'failed' } })
  expect((await refused(id, { name: 'half', hostname: 'h.example.org' })).code).toBe('ve-state-forbids')
  expect((await getVe(admin(), id)).name).not.toBe('half')
})

test('a name that another VE of the account has is refused, its own in other letters is not', async () => {
  const [id, other] = [await made(), await made()]
  const { name } = await getVe(admin(), other)
  expect(fieldOf(await refused(id, { name: name.toUpperCase() }))).toBe('name')
  expect((await updateVe(admin(), other, { name: name.toUpperCase() })).ve.name).toBe(name.toUpperCase())
})

test('a device is given by the provider, unless the host or another VE uses it', async () => {
  const [id, other] = [await made(), await made()]
  const grant = (path: string): VeUpdateInput => ({ devices: [{ path, access: 'rw' }] })
  expect(await refused(id, grant('/dev/sda1'))).toMatchObject({
    code: 'device-in-use',
    fields: { 'devices.0.path': '/dev/sda1 of node1 is in use: mounted on /.' },
  })
  expect((await updateVe(admin(), id, grant('/dev/sdb1'))).operationId).not.toBeNull()
  await db().ve.update({ where: { id }, data: { devices: [{ path: '/dev/sdb1', access: 'rw' }] } })
  expect((await refused(other, grant('/dev/sdb1'))).code).toBe('device-in-use')
  const { viewer } = world.people.stranger
  const own = await made(viewer)
  expect(await refused(own, grant('/dev/sdc1'), viewer)).toMatchObject({ code: 'forbidden' })
})

test('a network device is one of the host, free, under a name of its own', async () => {
  const id = await made()
  const give = (device: string, ifname: string): VeUpdateInput => ({ networkDevices: [{ device, ifname }] })
  expect((await refused(id, give('eth0', 'lan0'))).code).toBe('device-in-use')
  expect((await refused(id, give('eth7', 'lan0'))).code).toBe('invalid-input')
  expect(fieldOf(await refused(id, give('eth1', 'eth0')))).toBe('networkDevices.0.ifname')
  expect((await updateVe(admin(), id, give('eth1', 'lan0'))).operationId).not.toBeNull()
})

test('only the provider gives capabilities, and only what is new is judged', async () => {
  const { viewer } = world.people.stranger
  const id = await made(viewer)
  const wish = { features: { capabilities: ['CAP_SYSLOG' as const] } }
  expect(await refused(id, wish, viewer)).toMatchObject({
    code: 'forbidden',
    fields: { 'features.capabilities': expect.any(String) },
  })
  await db().ve.update({ where: { id }, data: { features: { ...NO_FEATURES, ...wish.features } } })
  const features = { ...wish.features, tun: true }
  expect((await updateVe(viewer, id, { features })).operationId).not.toBeNull()
})

const PROGRAM = { command: ['/usr/bin/top'], environment: {}, workingDirectory: '/', uid: 0, gid: 0 }

test('only the provider has a host mount NFS; others may take mounts away', async () => {
  const { viewer } = world.people.stranger
  const mount = { server: 'nas.example.org', export: '/a', path: '/srv/a', readOnly: true }
  const wish = { features: { nfs: [mount] } }
  const creating = made(viewer, wish)
  await expect(creating).rejects.toMatchObject({ fields: { 'features.nfs': expect.any(String) } })
  const id = await made(viewer)
  expect(fieldOf(await refused(id, wish, viewer))).toBe('features.nfs')
  await db().ve.update({ where: { id }, data: { features: { ...NO_FEATURES, ...wish.features } } })
  const writable = { features: { nfs: [{ ...mount, readOnly: false }] } }
  expect(fieldOf(await refused(id, writable, viewer))).toBe('features.nfs')
  expect((await updateVe(viewer, id, { features: { nfs: [] } })).operationId).not.toBeNull()
})

test('an application container chooses what it shares; what breaks the seal only the provider', async () => {
  const application = { kind: 'application' as const, application: PROGRAM }
  const uts = ['pid', 'ipc', 'network', 'user', 'cgroup'] as const
  const { viewer } = world.people.stranger
  const id = await made(viewer, { ...application, namespaces: [...uts] })
  expect(await getVe(viewer, id)).toMatchObject({ kind: 'application', namespaces: uts })
  const shared = made(viewer, { ...application, namespaces: ['pid', 'user'] })
  await expect(shared).rejects.toMatchObject({
    code: 'forbidden',
    fields: { namespaces: expect.any(String) },
  })
  const open = await made(admin(), { ...application, namespaces: ['pid', 'user'] })
  expect((await getVe(admin(), open)).interfaces).toEqual([])
  await expect(made(admin(), { kind: 'application' })).rejects.toMatchObject({
    fields: { application: 'Say which program it runs.' },
  })
  await expect(made(admin(), { application: PROGRAM })).rejects.toMatchObject({ code: 'invalid-input' })
  await expect(made(admin(), { namespaces: ['pid'] })).rejects.toMatchObject({
    fields: { namespaces: expect.stringContaining('needs its own') },
  })
})

test('what runs as the host’s root is the provider’s alone: its program, and every way in', async () => {
  const { viewer } = world.people.stranger
  const application = { kind: 'application' as const, application: PROGRAM }
  const own = ['pid', 'ipc', 'network', 'user', 'cgroup'] as const
  const id = await made(viewer, { ...application, namespaces: [...own] })
  const other = { application: { ...PROGRAM, command: ['/bin/sh'] } }
  expect((await updateVe(viewer, id, other)).operationId).not.toBeNull()
  await db().operation.updateMany({ where: { veId: id }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id }, data: { namespaces: own.filter((name) => name !== 'pid') } })
  expect(fieldOf(await refused(id, other, viewer))).toBe('application')
  await db().ve.update({
    where: { id },
    data: { state: 'running', namespaces: own.filter((name) => name !== 'user') },
  })
  expect(fieldOf(await refused(id, other, viewer))).toBe('application')
  expect(fieldOf(await refused(id, { namespaces: [...own] }, viewer))).toBe('namespaces')
  for (const way of [
    () => updateVe(viewer, id, { rootPassword: 'correct horse' }),
    () => updateVe(viewer, id, { sshKeys: [] }),
    () => execInVe(viewer, id, { command: ['/bin/sh'] }),
    () => rescueVe(viewer, id),
    () => issueTicket({ ...viewer, sessionId: 's' }, id, {}, db()),
  ])
    await expect(way()).rejects.toMatchObject({ code: 'forbidden' })
  expect((await updateVe(viewer, id, { hostname: 'new.example.org' })).operationId).not.toBeNull()
  expect((await execInVe(admin(), id, { command: ['/bin/sh'] })).operationId).toBeTruthy()
  expect((await issueTicket({ ...admin(), sessionId: 's' }, id, {}, db())).ticket).toBeTruthy()
})

test('what a VE is created with beyond its box is on record', async () => {
  const privileged = await made(admin(), {
    kind: 'application',
    application: PROGRAM,
    namespaces: ['pid', 'uts'],
    features: { capabilities: ['CAP_SYSLOG'], tun: true },
    rootPassword: 'correct horse',
  })
  const detailsOf = async (veId: string) =>
    (await db().auditEvent.findMany({ where: { veId } })).map(({ action, details }) => [action, details])
  expect(await detailsOf(privileged)).toEqual([
    [
      've-create',
      {
        privileges: ['namespaces: pid, uts', 'tun: on', 'capabilities: CAP_SYSLOG'],
        password: true,
        sshKeys: 0,
      },
    ],
  ])
  expect(await detailsOf(await made())).toEqual([['ve-create', { password: false, sshKeys: 0 }]])
})

test('interfaces go before the network namespace does', async () => {
  const namespaces = ['pid', 'ipc', 'uts', 'network', 'user', 'cgroup'] as const
  const id = await made(admin(), { kind: 'application', application: PROGRAM, namespaces: [...namespaces] })
  expect(fieldOf(await refused(id, { namespaces: ['pid', 'user'] }))).toBe('namespaces')
})

test('whoever may only look changes nothing', async () => {
  const id = await made()
  expect((await refused(id, { notes: 'x' }, world.people.watcher.viewer)).code).toBe('forbidden')
})
