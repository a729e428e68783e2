/** The network of a VE as the panel gives it, on a real host: pools, interfaces that come and go while it runs, firewall. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { createAddressPool } from '../addresses/commands.ts'
import { listVeAddressHistory } from '../addresses/history.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { FirewallRule } from '../contract/ve-firewall.ts'
import { db } from '../db/client.ts'
import { createFirewallSet, updateFirewallSet } from '../firewall/commands.ts'
import { setVeFirewall } from '../firewall/ve-firewall.ts'
import { makePerson } from '../http/test-world.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { createVe } from '../ves/create.ts'
import { addVeInterface, removeVeInterface, updateVeInterface } from '../ves/interfaces/commands.ts'
import { getVe } from '../ves/queries.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, useTestDatabase } from './test-fleet.ts'
import { enrolLabFleet } from './test-lab-fleet.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-network-'))
let database: { drop(): Promise<void> }
let worker: RunningWorker
let shell: HostShell
let viewer: Viewer
let veId: string
/** Of the routed eth0. */
let address: string

beforeAll(async () => {
  process.env.CORRAL_AGENT = path.join(dir, 'agent.js')
  await buildAgent(process.env.CORRAL_AGENT)
  const lab = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 1, name: 'panelnet' })
  const [host] = lab.hosts
  if (!host) throw new Error('The lab has no host.')
  shell = await openHostShell(host)
  await onHost('ip link add br0 type bridge')
  await onHost('ip link set br0 up')
  await onHost('ip addr add 198.51.100.1/24 dev br0')
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  const { accountId, hostId, templateId } = await enrolLabFleet(host)
  viewer = (await makePerson('Ada', accountId, 'admin')).viewer
  const { first, last, cidr } = lab.network.addressPool
  await createAddressPool(viewer, { name: 'routed', cidr, first, last, hostIds: [hostId] })
  await createAddressPool(viewer, { name: 'nets', cidr: '2001:db8:5::/56', delegates: 64 })
  const link = { kind: 'bridged' as const, bridge: 'br0', cidr: '198.51.100.0/24', gateway: '198.51.100.1' }
  await createAddressPool(viewer, { name: 'link', ...link })
  const input = { name: 'net', hostname: 'net.example.org', templateId, hostId, start: true }
  const { ve, operationId } = await createVe(viewer, input)
  await succeeded(operationId)
  veId = ve.id
  address = ve.addresses[0] ?? ''
}, 900_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  shell?.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

const onHost = (line: string) => shell.execute(line.split(' '))
const answers = (to: string) =>
  onHost(`ping -c 1 -W 2 ${to}`).then(
    () => true,
    () => false,
  )

async function succeeded(operationId: string): Promise<void> {
  const operation = await ended(operationId, 120_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
}
const interfaces = async () => (await getVe(viewer, veId)).interfaces

test('the address of the pool that serves the host answers', async () => {
  expect(await answers(address)).toBe(true)
  expect(await interfaces()).toMatchObject([{ ifname: 'eth0', kind: 'routed', pending: false }])
})

test('a second address and a whole network come while it runs, and go', async () => {
  const [eth0] = await interfaces()
  const more = address.replace(/\d+$/, '222')
  const wanted = { addresses: [address, more], delegate: true }
  await succeeded((await updateVeInterface(viewer, veId, eth0?.id ?? '', wanted)).operationId)
  expect(await answers(more)).toBe(true)
  expect(await onHost('ip -6 route show 2001:db8:5::/64')).toMatch(/^2001:db8:5::\/64 .*dev ve\d+\.0 /)
  const back = { addresses: [address], delegate: false }
  await succeeded((await updateVeInterface(viewer, veId, eth0?.id ?? '', back)).operationId)
  expect(await answers(more)).toBe(false)
  expect(await onHost('ip -6 route show 2001:db8:5::/64')).toBe('')
  const { items } = await listVeAddressHistory(viewer, veId, { address: more })
  expect(items).toMatchObject([{ until: expect.any(String), ifname: 'eth0' }])
})

test('a bridged interface comes while it runs, with an address on its link, and goes', async () => {
  const { interfaceId, operationId } = await addVeInterface(viewer, veId, { kind: 'bridged' })
  await succeeded(operationId)
  const bridged = (await interfaces()).find(({ id }) => id === interfaceId)
  expect(bridged).toMatchObject({ ifname: 'eth1', bridge: 'br0', gateway4: null, pending: false })
  const onLink = bridged?.addresses[0]?.address ?? ''
  expect(await answers(onLink)).toBe(true)
  expect(await onHost(`ip neigh show ${onLink}`)).toContain(bridged?.mac)
  await succeeded((await removeVeInterface(viewer, veId, interfaceId)).operationId)
  expect(await answers(onLink)).toBe(false)
  expect(await interfaces()).toHaveLength(1)
})

test('a rule set that is changed is laid out on the host of the VE that refers to it', async () => {
  const rule = { direction: 'in', protocol: 'icmp', peers: [], ports: [], comment: '' } as const
  const rules = (action: FirewallRule['action']) => [{ ...rule, peers: [], ports: [], action }]
  const { id: setId } = await createFirewallSet(viewer, { name: 'icmp', rules: rules('drop') })
  const settings = { enabled: true, policyIn: 'accept', policyOut: 'accept', entries: [{ setId }] } as const
  await succeeded((await setVeFirewall(viewer, veId, { ...settings, entries: [{ setId }] })).operationId)
  expect(await answers(address)).toBe(false)
  const { operationIds } = await updateFirewallSet(viewer, setId, { rules: rules('accept') })
  expect(operationIds).toHaveLength(1)
  for (const operationId of operationIds) await succeeded(operationId)
  expect(await answers(address)).toBe(true)
  expect(await db().veFirewallSet.count({ where: { veId, setId } })).toBe(1)
})
