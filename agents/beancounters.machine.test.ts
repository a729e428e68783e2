/** Counters on cgroup v2, of a stock Debian's kernel: they follow programs, refusals are counted and told. Under software emulation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MIB } from '../lib/contract/units.ts'
import { withLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { expectFollows, expectHit, readingOf, SLOW, unwatch, watch } from './testing/counter-scene.ts'
import type { LabVe } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace, REAPS, still } from './testing/machine-place.ts'

let place: MachinePlace
let before: string[]

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
})
afterAll(() => place?.agent.close())

async function running(limits: LabVe['spec']['limits'], work: (ve: LabVe) => Promise<void>): Promise<void> {
  const ve = still(place, 1, { limits, application: REAPS })
  await ve.create()
  try {
    await ve.start()
    await work(ve)
  } finally {
    await unwatch(place.agent)
    await ve.destroy()
  }
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
}

test('what is held follows what a program in the VE does', { timeout: 900_000 }, async () => {
  await running(EXAMPLE_SPEC.limits, (ve) => expectFollows(ve, 2))
})

test('what memory and processes are refused is counted, and told with who held most', async () => {
  const limits = withLimits(EXAMPLE_SPEC.limits, { memoryBytes: 96 * MIB, processes: 40 })
  await running(limits, async (ve) => {
    await watch(place.agent, 1)
    await ve.exec(['perl', '-e', 'my $memory = "x" x (300 << 20)'])
    await expectHit(place.agent, 'physpages', { kind: 'killed', limit: 96 * MIB, uuid: ve.spec.uuid })
    expect((await readingOf(ve, 'oomguarpages')).failcnt).toBe(1)
    expect((await readingOf(ve, 'physpages')).failcnt).toBeGreaterThan(0)

    const forks = 'for (1..100) { my $pid = fork(); if (defined $pid && $pid == 0) { sleep 20; exit } }'
    await ve.exec(['sh', '-c', 'setsid perl -e "$0" </dev/null >/dev/null 2>&1 &', forks])
    await expectHit(place.agent, 'numproc', { kind: 'refused', held: 40, limit: 40 })
    await expect.poll(async () => (await readingOf(ve, 'numproc')).held, SLOW).toBeLessThan(10)
    await place.agent.run('test -s /run/corral/user_beancounters')
  })
})
