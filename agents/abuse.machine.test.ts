/**
 * The same attacks on a stock kernel with cgroup v2. Under software emulation: only that each is contained counts, and that host and
 * neighbour go on. Needs root on Linux, and minutes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GIB, MIB } from '../lib/contract/units.ts'
import { NO_FIREWALL } from '../lib/contract/ve-firewall.ts'
import { UNLIMITED_RATE, type VeInterface } from '../lib/contract/ve-interface.ts'
import { type Attack, CLEAN_UP } from './abuse/attack.ts'
import { ATTACKED_LIMITS, BOUNDS } from './abuse/attacked-limits.ts'
import { ATTACKS } from './abuse/attacks.ts'
import { type Battlefield, failures, runAttack } from './abuse/run-attack.ts'
import type { LabVe } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace, REAPS, still } from './testing/machine-place.ts'

/** Seconds are few there: what cannot get to its limit in time is contained by that. */
const SLOWNESS = 3
const PEER = '192.0.2.52'

let place: MachinePlace
let before: string[]
let field: Battlefield

const routed = (address: string): VeInterface => ({
  ...{ kind: 'routed', index: 0, ifname: 'eth0', prefixes: [], rate: UNLIMITED_RATE },
  addresses: [address],
})

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
  const attacker = still(place, 51, {
    interfaces: [routed('192.0.2.51')],
    application: REAPS,
    limits: { ...ATTACKED_LIMITS, diskBytes: GIB, cpuLimitPercent: null },
    firewall: { ...NO_FIREWALL, enabled: true, policyIn: 'accept', policyOut: 'accept' },
  })
  const neighbour = still(place, 52, { interfaces: [routed(PEER)] })
  field = { agent: place.agent, attacker, neighbour, peer: PEER, slowness: SLOWNESS }
  for (const ve of [attacker, neighbour]) {
    await ve.create()
    await ve.start()
  }
})
afterAll(async () => {
  for (const ve of field ? [field.attacker, field.neighbour] : []) await ve.destroy().catch(() => {})
  place?.agent.close()
})

/**
 * "Under certain circumstances, the usage may go over the limit temporarily" (cgroup-v2.rst, memory.max): what the kernel takes without
 * being able to wait, such as packets on their way (0.4 MiB were seen). The note of the parameter says so.
 */
const BEYOND_BYTES = MIB

/** As it was before. Init of a VE may be killed for want of memory as any other: then that is told, and it starts again. */
async function restore(attacker: LabVe): Promise<void> {
  const now = await attacker.seen()
  if (now?.state !== 'running') {
    await attacker.start()
    expect(now?.lastExit).not.toBeNull()
  }
  await attacker.exec(CLEAN_UP)
  const held = async () => (await attacker.seen())?.beancounters?.numproc.held
  await expect.poll(held, { timeout: 120_000, interval: 1000 }).toBeLessThan(5)
}

async function expectContained(attack: Attack): Promise<void> {
  const { attacker } = field
  const outcome = await runAttack(field, attack)
  await restore(attacker)
  const { report, after, neighbour, answers } = outcome
  expect([...attack.ends, 'time']).toContain(report?.how ?? 'killed')
  expect(answers).toBeGreaterThan(0)
  expect(neighbour).toBe('still here')
  expect(after.beancounters?.numproc.maxheld).toBeLessThanOrEqual(BOUNDS.numproc)
  expect(after.beancounters?.numsiginfo.maxheld).toBeLessThanOrEqual(BOUNDS.numsiginfo)
  const { held = Number.NaN, maxheld = Number.NaN } = after.beancounters?.physpages ?? {}
  const { memoryBytes } = attacker.spec.limits
  expect(held).toBeLessThanOrEqual(memoryBytes)
  expect(maxheld).toBeLessThanOrEqual(memoryBytes + BEYOND_BYTES)
  if (report?.how === 'killed' && attack.ends.length === 1) {
    expect(failures(outcome, 'oomguarpages')).toBeGreaterThan(0)
  }
}

/** The root of an application, which a still VE is, may make no users and mounts of its own: the kernel refuses it at once. */
const POSSIBLE = ATTACKS.filter(({ name, before: [first] }) => name !== 'swap-thrash' && first !== 'unshare')

test.each<Attack>(POSSIBLE)('$name: contained; host and neighbour answer', expectContained)

test('swap-thrash: no more swap than it may have', async () => {
  const { attacker } = field
  const attack = ATTACKS.find(({ name }) => name === 'swap-thrash') as Attack
  await place.agent.run('mkswap /dev/vdc && swapon /dev/vdc')
  try {
    await attacker.configure({ limits: { ...attacker.spec.limits, swapBytes: 32 * MIB } })
    await expectContained(attack)
    const swap = (await attacker.seen())?.beancounters?.swappages
    expect(swap?.maxheld).toBeGreaterThan(16 * MIB)
    expect(swap?.maxheld).toBeLessThanOrEqual(32 * MIB)
  } finally {
    await place.agent.run('swapoff /dev/vdc; head -c 4096 /dev/zero >/dev/vdc')
  }
})

test('the host is as it was', async () => {
  for (const ve of [field.attacker, field.neighbour]) await ve.destroy()
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
})
