/** Fair shares, caps and sets of CPUs on a real kernel (cgroup v1). Needs root on Linux. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseNumberList } from '../lib/contract/number-list.ts'
import { DEFAULT_LIMITS, type VeLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'
import { LIMIT_PROGRAMS } from './testing/limit-programs.ts'

let lab: AgentLab
let ves: LabVe[]
let cpus: number[]

/** VEs 101 … with nothing in them, the first with half the ordinary weight and each with twice that of the one before. */
beforeAll(async () => {
  lab = await raiseAgentLab()
  const { facts } = await lab.agent.call('host-facts', {}, 'cpu:facts')
  cpus = parseNumberList(facts.cpuList) ?? []
  const application = {
    command: ['sleep', 'infinity'],
    environment: {},
    workingDirectory: '/',
    uid: 0,
    gid: 0,
  }
  ves = [0, 1, 2].map((n) => {
    const limits = { ...DEFAULT_LIMITS, cpuUnits: 500 * 2 ** n, cpuMask: String(cpus[0]) }
    const own = {
      veid: 101 + n,
      uuid: EXAMPLE_SPEC.uuid.replace(/..$/, `0${n}`),
      idBase: EXAMPLE_SPEC.idBase + 65_536 * n,
    }
    return new LabVe(lab, { ...own, kind: 'application', application, interfaces: [], limits })
  })
  for (const ve of ves) {
    await ve.create()
    await ve.start()
  }
})
afterAll(async () => {
  for (const ve of ves ?? []) await ve.destroy()
  await lab?.lower()
})

const change = (ve: LabVe, part: Partial<VeLimits>) =>
  ve.configure({ limits: { ...ve.spec.limits, ...part } })
const burn = (ve: LabVe, seconds: number) =>
  ve.exec(['perl', '-e', LIMIT_PROGRAMS.burn, String(seconds)], { timeoutSeconds: 60 })

/** Nanoseconds of CPU time of each, and of the clock, while they burn. */
async function usage(): Promise<number[]> {
  const files = ves.map(({ spec }) => `/sys/fs/cgroup/cpuacct/corral/ve${spec.veid}/cpuacct.usage`)
  return (await lab.agent.run(`cat ${files.join(' ')}; date +%s%N`)).trim().split('\n').map(Number)
}
async function shares(burning: Promise<unknown>[], seconds: number): Promise<number[]> {
  await delay(1_000)
  const first = await usage()
  await delay(seconds * 1_000)
  const last = await usage()
  await Promise.all(burning)
  return last.map((value, index) => value - (first[index] ?? 0))
}

test('weights 1 to 2 to 4 on one CPU share it so, and change while they run', async () => {
  const [one = 0, two = 0, four = 0] = await shares(
    ves.map((ve) => burn(ve, 8)),
    5,
  )
  expect(two / one).toBeCloseTo(2, 0)
  expect(four / one).toBeGreaterThan(3.4)
  expect(four / one).toBeLessThan(4.6)
  const [first, , last] = ves as [LabVe, LabVe, LabVe]
  await change(first, { cpuUnits: 2000 })
  const [raised = 0, , same = 0] = await shares(
    [first, last].map((ve) => burn(ve, 6)),
    3,
  )
  expect(raised / same).toBeGreaterThan(0.8)
  expect(raised / same).toBeLessThan(1.25)
})

test('a cap holds, and is lifted', async () => {
  const [ve] = ves as [LabVe]
  await change(ve, { cpuLimitPercent: 25 })
  const [used = 0, , , clock = 1] = await shares([burn(ve, 6)], 4)
  // A machine with other work to do may not give so much.
  expect(used / clock).toBeLessThan(0.27)
  await change(ve, { cpuLimitPercent: null })
  expect(await lab.agent.run('cat /sys/fs/cgroup/cpu/corral/ve101/cpu.cfs_quota_us')).toBe('-1\n')
})

test('CPUs are added and taken away while it runs: programs see it at once', async () => {
  const [ve, other] = ves as [LabVe, LabVe]
  const seen = () =>
    ve.shell("nproc; grep -c '^processor' /proc/cpuinfo; grep ^Cpus_allowed_list /proc/1/status | cut -f2")
  expect(await seen()).toBe(`1\n1\n${cpus[0]}`)
  await change(ve, { cpuMask: null })
  expect((await seen()).split('\n').slice(0, 2)).toEqual([String(cpus.length), String(cpus.length)])
  for (const each of [ve, other]) await change(each, { cpuMask: null, cpus: 1 })
  expect((await seen()).split('\n').slice(0, 2)).toEqual(['1', '1'])
  const sets = await lab.agent.run('cat /sys/fs/cgroup/cpuset/corral/ve10[12]/cpuset.cpus')
  const chosen = sets.trim().split('\n').map(Number)
  expect(new Set(chosen).size).toBe(Math.min(2, cpus.length))
  expect(await lab.agent.run('cat /sys/fs/cgroup/cpuset/corral/ve101/cpuset.mems')).toBe('0\n')
})
