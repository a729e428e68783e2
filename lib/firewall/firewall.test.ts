import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FirewallRule } from '../contract/ve-firewall.ts'
import { db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { validate } from '../http/validate.ts'
import { createVe } from '../ves/create.ts'
import { createFirewallSet, removeFirewallSet, updateFirewallSet } from './commands.ts'
import { getFirewallSet, listFirewallSets } from './queries.ts'
import { type FirewallSettings, firewallSettings } from './resource.ts'
import { firewallSetCreateInput } from './set-resource.ts'
import { getVeFirewall, setVeFirewall } from './ve-firewall.ts'

let world: TestWorld
let count = 0
let veId: string

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  veId = await makeVe()
})

const admin = () => world.people.admin.viewer
const SSH: FirewallRule = {
  direction: 'in',
  action: 'accept',
  protocol: 'tcp',
  peers: [],
  ports: ['22'],
  comment: 'ssh',
}
const many = (length: number): FirewallRule[] => Array.from({ length }, () => SSH)

/** A VE that was created and stopped since. */
async function makeVe(viewer = admin()): Promise<string> {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template }
  const { ve, operationId } = await createVe(viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  return ve.id
}

const makeSet = async (rules: FirewallRule[] = [SSH], viewer = admin()) => {
  count += 1
  return createFirewallSet(viewer, validate(firewallSetCreateInput, { name: `set-${count}`, rules }))
}
const settings = (entries: Prisma.InputJsonObject[], more: { enabled?: boolean } = {}) => ({
  enabled: true,
  policyIn: 'drop',
  policyOut: 'accept',
  entries,
  ...more,
})
/** As a request would: through the schema. */
const set = async (given: object, on = veId, viewer = admin()) =>
  setVeFirewall(viewer, on, validate(firewallSettings, given))
const operation = (id: string) => db().operation.findUniqueOrThrow({ where: { id } })

/** As after the operation succeeded. */
async function refer(ve: string, ...setIds: string[]): Promise<void> {
  const firewall = settings(setIds.map((setId) => ({ setId })))
  await db().ve.update({ where: { id: ve }, data: { firewall } })
  await db().veFirewallSet.createMany({ data: setIds.map((setId) => ({ veId: ve, setId })) })
}

describe('the firewall of a VE', () => {
  test('is kept until its host has it: an operation takes it there', async () => {
    const { id: setId } = await makeSet()
    const wanted = settings([{ rule: { ...SSH, ports: ['80', '8000-8100'] } }, { setId }])
    const { operationId } = await set(wanted)
    expect(await operation(operationId)).toMatchObject({
      type: 've-configure',
      veId,
      input: { veId, change: { firewall: wanted } },
    })
    expect(await getVeFirewall(admin(), veId)).toMatchObject({ enabled: false, entries: [] })
    expect(await db().auditEvent.findFirst({ where: { veId, action: 'firewall-change' } })).toMatchObject({
      details: { enabled: true, rules: 2 },
    })
  })

  test.each([
    ['ports of ICMP', { protocol: 'icmp', ports: ['22'] }, 'entries.3.rule.ports'],
    ['a port above 65535', { ports: ['65536'] }, 'entries.3.rule.ports.0'],
    ['a range turned round', { ports: ['90-80'] }, 'entries.3.rule.ports.0'],
    ['both families at once', { peers: ['192.0.2.1', '2001:db8::1'] }, 'entries.3.rule.peers'],
    ['ICMP from IPv6', { protocol: 'icmp', ports: [], peers: ['2001:db8::/32'] }, 'entries.3.rule.peers'],
    ['no address', { peers: ['example.org'] }, 'entries.3.rule.peers.0'],
    ['a protocol that is none', { protocol: 'tcp; flush ruleset' }, 'entries.3.rule.protocol'],
    ['an action that is none', { action: 'jump' }, 'entries.3.rule.action'],
    ['a quote in a comment', { comment: 'a"b' }, 'entries.3.rule.comment'],
  ])('refuses %s, at the rule', async (_, wrong, field) => {
    const entries = [
      { rule: SSH },
      { setId: (await makeSet()).id },
      { rule: SSH },
      { rule: { ...SSH, ...wrong } },
    ]
    const before = await db().operation.count()
    const refused = await refusal(set(settings(entries)))
    expect(refused.code).toBe('invalid-input')
    expect(Object.keys(refused.fields ?? {})).toEqual([field])
    expect(await db().operation.count()).toBe(before)
  })

  test('refuses several bad rules at once, each at its own', async () => {
    const bad = { rule: { ...SSH, ports: ['0'], action: 'jump' } }
    const refused = await refusal(set(settings([bad, { rule: SSH }, { setId: 'none' }])))
    expect(Object.keys(refused.fields ?? {}).sort()).toEqual([
      'entries.0.rule.action',
      'entries.0.rule.ports.0',
      'entries.2.setId',
    ])
  })

  test('refuses more than 500 rules in all, counting those of sets where they are laid out', async () => {
    const { id: setId } = await makeSet(many(200))
    await set(settings([{ setId }, { setId }, ...many(100).map((rule) => ({ rule }))]))
    const refused = await refusal(
      set(settings([{ setId }, { setId }, ...many(101).map((rule) => ({ rule }))])),
    )
    expect(refused.fields).toEqual({ entries: '501 rules with those of the rule sets: at most 500.' })
  })

  test('refuses sets that are not there, and those of others, alike', async () => {
    const own = await makeVe(world.people.customer.viewer)
    const offered = await makeSet()
    const foreign = await makeSet([SSH], world.people.stranger.viewer)
    const { viewer } = world.people.customer
    await set(settings([{ setId: offered.id }]), own, viewer)
    const refused = await refusal(set(settings([{ setId: offered.id }, { setId: foreign.id }]), own, viewer))
    const nobody = '00000000-0000-4000-8000-000000000000'
    const unknown = await refusal(set(settings([{ setId: offered.id }, { setId: nobody }]), own, viewer))
    expect(Object.keys(refused.fields ?? {})).toEqual(['entries.1.setId'])
    expect(refused.toJson()).toEqual(unknown.toJson())
    // Not by the provider either: the VE's owner would not see what is enforced.
    expect((await refusal(set(settings([{ setId: foreign.id }]), own))).fields).toHaveProperty(
      'entries.0.setId',
    )
  })

  test('refuses what the host cannot enforce, with its reason; off it may be', async () => {
    const lacks = (reason: string) => ({ available: false, reason })
    const host = { id: world.hosts.one }
    try {
      const capabilities = { 'net-firewall-bridged': lacks('no bridge conntrack.') }
      await db().host.update({ where: host, data: { capabilities } })
      await set(settings([]))
      await db().veInterface.updateMany({ where: { veId }, data: { kind: 'bridged' } })
      expect(await refusal(set(settings([])))).toMatchObject({
        code: 'capability-missing',
        fields: { enabled: 'node1 has no firewall for bridged interfaces: no bridge conntrack.' },
      })
      await db().host.update({ where: host, data: { capabilities: { 'net-firewall': lacks('no nft.') } } })
      expect((await refusal(set(settings([])))).fields).toEqual({
        enabled: 'node1 has no firewall for VEs: no nft.',
      })
      await set(settings([{ rule: SSH }], { enabled: false }))
    } finally {
      await db().host.update({ where: host, data: { capabilities: {} } })
    }
  })

  test('who may: operators of the account; others do not learn that there is such a VE', async () => {
    const { customer, stranger, watcher } = world.people
    const own = await makeVe(customer.viewer)
    await set(settings([]), own, customer.viewer)
    const other = await refusal(set(settings([]), own, stranger.viewer))
    const nobody = await refusal(set(settings([]), '00000000-0000-4000-8000-000000000000', stranger.viewer))
    expect(other.toJson()).toEqual(nobody.toJson())
    expect((await refusal(getVeFirewall(stranger.viewer, own))).code).toBe('not-found')
    expect((await refusal(set(settings([]), own, watcher.viewer))).code).toBe('forbidden')
  })
})

describe('rule sets', () => {
  test('a change is laid out on every VE that refers to it, and on none else', async () => {
    const changed = await makeSet()
    const [one, two, failed] = [await makeVe(), await makeVe(), await makeVe()]
    for (const ve of [one, two, failed]) await refer(ve, changed.id)
    await db().ve.update({ where: { id: failed }, data: { state: 'failed' } })
    const { operationIds, firewallSet } = await updateFirewallSet(admin(), changed.id, { rules: many(2) })
    expect(firewallSet).toMatchObject({ rules: many(2), ves: 3 })
    const operations = await Promise.all(operationIds.map(operation))
    expect(operations.map(({ veId: ve }) => ve).sort()).toEqual([one, two].sort())
    for (const { input } of operations) expect(input).toMatchObject({ change: {} })
    // Another name is nothing for hosts.
    expect((await updateFirewallSet(admin(), changed.id, { name: 'called otherwise' })).operationIds).toEqual(
      [],
    )
  })

  test('a VE whose change waits counts too: for laying out, and against removing', async () => {
    const { id: setId } = await makeSet()
    const { operationId } = await set(settings([{ setId }]))
    const { operationIds } = await updateFirewallSet(admin(), setId, { rules: [] })
    expect((await Promise.all(operationIds.map(operation))).map((each) => each.veId)).toEqual([veId])
    expect((await refusal(removeFirewallSet(admin(), setId))).code).toBe('conflict')
    await db().operation.updateMany({
      where: { id: { in: [operationId, ...operationIds] } },
      data: { status: 'failed' },
    })
    await removeFirewallSet(admin(), setId)
  })

  test('removing is refused while VEs refer to it, with their names; destroyed ones do not count', async () => {
    const used = await makeSet()
    await refer(veId, used.id)
    const { name } = await db().ve.findUniqueOrThrow({ where: { id: veId } })
    const refused = await refusal(removeFirewallSet(admin(), used.id))
    expect(refused).toMatchObject({ code: 'conflict', detail: `VEs refer to ${used.name}: ${name}.` })
    await db().ve.update({ where: { id: veId }, data: { destroyedAt: new Date(), state: 'destroyed' } })
    await removeFirewallSet(admin(), used.id)
    expect((await refusal(getFirewallSet(admin(), used.id))).code).toBe('not-found')
  })

  test('is not made so long that a VE would have too many rules', async () => {
    const long = await makeSet(many(250))
    await refer(veId, long.id)
    await db().ve.update({
      where: { id: veId },
      data: { firewall: settings([{ setId: long.id }, { setId: long.id }]) },
    })
    const refused = await refusal(updateFirewallSet(admin(), long.id, { rules: many(251) }))
    expect(refused.fields?.rules).toMatch(/would have 502 rules: at most 500/)
    expect((await getFirewallSet(admin(), long.id)).rules).toHaveLength(250)
  })

  test('a change of a set and a VE that begins to refer to it see each other', async () => {
    const { id: setId } = await makeSet()
    const [changed, referred] = await Promise.all([
      updateFirewallSet(admin(), setId, { rules: many(3) }),
      set(settings([{ setId }])),
    ])
    // Either the VE's change came second and reads the new rules, or it is laid out on again.
    const laidOut = await Promise.all(changed.operationIds.map(operation))
    expect([[], [veId]]).toContainEqual(laidOut.map((each) => each.veId))
    expect((await operation(referred.operationId)).veId).toBe(veId)
    const removed = await makeSet()
    const results = await Promise.allSettled([
      removeFirewallSet(admin(), removed.id),
      set(settings([{ setId: removed.id }])),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('names are given once in an account, and bad rules are named', async () => {
    const first = await makeSet()
    expect(
      (await refusal(createFirewallSet(admin(), { name: first.name.toUpperCase(), rules: [] }))).fields,
    ).toHaveProperty('name')
    await createFirewallSet(world.people.customer.viewer, { name: first.name, rules: [] })
    const bad = (rules: object[]) => (async () => validate(firewallSetCreateInput, { name: 'x', rules }))()
    expect((await refusal(bad([SSH, { ...SSH, protocol: 'gre' }]))).fields).toEqual({
      'rules.1.ports': 'Only TCP, UDP and SCTP have ports.',
    })
    expect((await refusal(bad(many(501)))).fields).toHaveProperty('rules')
  })

  test('those of accounts above are offered, not changed; those of others are not there', async () => {
    const offered = await makeSet()
    const { customer, stranger, reseller, watcher } = world.people
    const own = await makeSet([SSH], customer.viewer)
    expect((await getFirewallSet(customer.viewer, offered.id)).account.name).toBe('Provider')
    expect((await refusal(updateFirewallSet(customer.viewer, offered.id, { rules: [] }))).code).toBe(
      'forbidden',
    )
    expect((await refusal(removeFirewallSet(watcher.viewer, offered.id))).code).toBe('forbidden')
    expect((await refusal(getFirewallSet(stranger.viewer, own.id))).code).toBe('not-found')
    expect((await refusal(removeFirewallSet(stranger.viewer, own.id))).code).toBe('not-found')
    await updateFirewallSet(reseller.viewer, own.id, { description: 'looked after' })
    const names = async (veOf: string) =>
      (await listFirewallSets(admin(), { veId: veOf, limit: 200 })).items.map(({ id }) => id)
    expect(await names(await makeVe(customer.viewer))).toEqual(expect.arrayContaining([own.id, offered.id]))
    expect(await names(veId)).not.toContain(own.id)
  })

  test('counts the VEs that the reader may see', async () => {
    const shared = await makeSet()
    const own = await makeVe(world.people.customer.viewer)
    await refer(veId, shared.id)
    await refer(own, shared.id)
    expect((await getFirewallSet(admin(), shared.id)).ves).toBe(2)
    expect((await getFirewallSet(world.people.customer.viewer, shared.id)).ves).toBe(1)
  })
})

test('what is set is what is read', () => {
  const given = settings([{ rule: SSH }]) as FirewallSettings
  expect(validate(firewallSettings, given)).toEqual(given)
})
