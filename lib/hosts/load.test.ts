import { afterAll, beforeAll, expect, test } from 'vitest'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { GIB, MIB } from '../contract/units.ts'
import { DEFAULT_LIMITS, withLimits } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import { makeHost, makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { limitColumns } from '../ves/limits/row.ts'
import { recordSample } from '../worker/samples/record-sample.ts'
import { sampleOf, seenAs } from '../worker/samples/test-samples.ts'
import { fleetLoad, hostLoad } from './load.ts'
import { loadOf } from './load-figures.ts'

let world: TestWorld
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())
const admin = () => world.people.admin.viewer

async function made(name: string, data: object = {}) {
  const input = { name, hostname: 've.example.org', templateId: world.template }
  const { ve } = await createVe(admin(), input)
  return db().ve.update({ where: { id: ve.id }, data: { state: 'running', ...data } })
}

test('a host that has not said what it has has no figures', async () => {
  const silent = await makeHost(world.provider, 'silent', { memoryBytes: null })
  expect(await hostLoad(admin(), silent)).toEqual({
    ram: null,
    memoryAndSwap: null,
    allocated: null,
    oversold: false,
  })
})

test('what is held comes from the last sample, what is promised from the limits', async () => {
  const host = world.hosts.one
  await db().host.update({
    where: { id: host },
    data: { memoryBytes: 2 * GIB, facts: { swapBytes: 2 * GIB } },
  })
  const pair = (limit: number) => ({ barrier: limit, limit })
  const limits = withLimits(DEFAULT_LIMITS, {
    memoryBytes: GIB,
    swapBytes: GIB,
    beancounters: {
      vmguarpages: { barrier: GIB, limit: null },
      oomguarpages: { barrier: 512 * MIB, limit: null },
      kmemsize: pair(64 * MIB),
      tcpsndbuf: pair(16 * MIB),
      tcprcvbuf: pair(16 * MIB),
      othersockbuf: pair(16 * MIB),
      dgramrcvbuf: pair(16 * MIB),
    },
  })
  const full = await made('full', limitColumns(limits))
  // No limit but its memory, which bounds its kernel memory too.
  const plain = await made('plain')
  await made('gone', { destroyedAt: new Date() })
  const each = BEANCOUNTER_NAMES.map((name) => [name, { held: 10 * MIB, maxheld: 0, failcnt: 0 }])
  const beancounters = {
    ...Object.fromEntries(each),
    physpages: { held: 256 * MIB, maxheld: 0, failcnt: 0 },
    oomguarpages: { held: 512 * MIB, maxheld: 0, failcnt: 0 },
    privvmpages: { held: 974 * MIB, maxheld: 0, failcnt: 0 },
  }
  const ves = [
    seenAs(full, 'running', { beancounters }),
    seenAs(plain, 'running', { memoryBytes: 256 * MIB }),
  ]
  await recordSample(host, sampleOf(ves))
  const load = await hostLoad(admin(), host)
  expect(load).toEqual({
    ram: { utilisation: 512 / 2048, commitment: (1024 + 512) / 2048 },
    memoryAndSwap: { utilisation: 768 / 4096, commitment: (512 + 128 + 512) / 4096 },
    allocated: { utilisation: 1024 / 4096, commitment: (1024 + 128 + 512) / 4096 },
    oversold: false,
  })
  const other = 64 * GIB
  const fleet = await fleetLoad(admin())
  expect(fleet.ram).toEqual({
    utilisation: (512 * MIB) / (2 * GIB + other),
    commitment: (1536 * MIB) / (2 * GIB + other),
  })
  // One that moves counts on both hosts.
  await db().ve.update({ where: { id: plain.id }, data: { movingToId: world.hosts.two } })
  expect((await hostLoad(admin(), host)).ram?.commitment).toBe(1536 / 2048)
  expect((await hostLoad(admin(), world.hosts.two)).ram?.commitment).toBe((512 * MIB) / other)
})

test('low memory is of 32-bit x86 alone, and more promised than there is is oversold', () => {
  const capacity = { arch: 'x86', memoryBytes: 10 * GIB, swapBytes: 0 } as const
  const held = { kernel: GIB, memory: 0, memoryAndSwap: 0, allocated: 0 }
  const load = loadOf(capacity, held, { ...held, kernel: 5 * GIB })
  expect(load).toMatchObject({ lowMemory: { utilisation: 0.25, commitment: 1.25 }, oversold: true })
  expect(loadOf({ ...capacity, arch: 'x86-64' }, held, held)).not.toHaveProperty('lowMemory')
})

test('whoever sees no hosts is told nothing of them', async () => {
  const { customer } = world.people
  expect((await refusal(hostLoad(customer.viewer, world.hosts.one))).code).toBe('not-found')
  expect(await fleetLoad(customer.viewer)).toMatchObject({ ram: null })
})
