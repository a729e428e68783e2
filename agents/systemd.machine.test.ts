/** VEs on a stock Debian: its own kernel, systemd, cgroup v2. Under software emulation: needs root on Linux, and minutes. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LabVe } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace } from './testing/machine-place.ts'

let place: MachinePlace

beforeAll(async () => {
  place = await machinePlace()
})
afterAll(() => place?.agent.close())

const inVe = (line: string) => place.agent.run(`crun exec ve101 /bin/sh -c '${line}'`)

async function until(line: string, wanted: RegExp): Promise<string> {
  let said = ''
  for (let tries = 0; tries < 120; tries += 1) {
    said = (await inVe(`${line} || true`).catch((error: Error) => error.message)).trim()
    if (wanted.test(said)) return said
    await delay(1_000)
  }
  return said
}

test('a Debian with systemd boots to the end on cgroup v2, is sealed, halts and leaves nothing', async () => {
  const before = await machineFootprint(place)
  const ve = new LabVe(place)
  await ve.create()
  expect(await ve.start()).toMatchObject({ state: 'running' })
  expect(await until('systemctl is-system-running', /^(running|degraded)$/)).toBe('running')
  expect(await inVe('systemctl --failed --no-legend')).toBe('')
  expect(await inVe('hostname; cat /proc/1/comm')).toBe('web1.example.org\nsystemd\n')
  expect(await inVe('stat -f -c %T /sys/fs/cgroup; cat /proc/self/cgroup')).toMatch(/^cgroup2fs\n0::\//)
  expect(await place.agent.run('cat /sys/fs/cgroup/corral/ve101/memory.max')).toBe(
    `${ve.spec.limits.memoryBytes}\n`,
  )
  expect(await ve.halt()).toEqual({ asked: true })
  await expect.poll(async () => (await ve.seen())?.state, { timeout: 60_000, interval: 500 }).toBe('stopped')
  expect(await ve.stop()).toMatchObject({ state: 'stopped' })
  await ve.destroy()
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
})
