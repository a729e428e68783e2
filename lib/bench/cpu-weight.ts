import { setTimeout as sleep } from 'node:timers/promises'
import { LIMIT_PROGRAMS } from '../../agents/testing/limit-programs.ts'
import { parseNumberList } from '../contract/number-list.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import type { VeSpec } from '../contract/ve-spec.ts'
import type { EngineHost } from './engine-host.ts'
import { createVe, destroyVe, execInVe, startVe, veSpecOf } from './engine-ve.ts'
import { type Bench, median } from './figure.ts'

const WEIGHTS = [1, 2, 4]
const WINDOWS = 7
const WINDOW_MS = 4_000
/** Until all of them burn. */
const SETTLE_MS = 1_500
const CAP_PERCENT = 25

/** How far three VEs are off their shares of one processor, and one off its cap. */
export const cpuWeight: Bench = {
  names: ['cpu-weight-error'],
  needsRoot: true,
  async measure({ engine, say }) {
    const host = await engine()
    const { facts } = await host.agent.call('host-facts', {}, 'bench:cpus')
    const cpuMask = String(parseNumberList(facts.cpuList)?.[0] ?? 0)
    say(`${WINDOWS} times ${WINDOW_MS / 1000} s of three VEs with weights 1, 2 and 4 on one processor`)
    const windows = await withVes(
      host,
      WEIGHTS.map((weight) => ({ cpuMask, cpuUnits: 500 * weight })),
      (specs) => burnTogether(host, specs),
    )
    say(`the same of one with a cap of ${CAP_PERCENT} %`)
    const capped = await withVes(host, [{ cpuMask, cpuLimitPercent: CAP_PERCENT }], (specs) =>
      burnTogether(host, specs),
    )
    const used = capped.map(({ times: [time = 0], clock }) => (time / clock) * 100)
    const off = Math.max(...used.map((percent) => Math.abs(percent - CAP_PERCENT)))
    const shares = WEIGHTS.map((_, nth) => median(windows.map(({ times }) => shareOf(times, nth))))
    return {
      'cpu-weight-error': {
        unit: '%',
        runs: windows.map(({ times }) => shareError(times)),
        note:
          `at most 5 %: the VE furthest off its share; shares ${shares.map((share) => (share * 7).toFixed(3)).join(' : ')}; ` +
          `a cap of ${CAP_PERCENT} % gave ${median(used).toFixed(2)} %, at worst ${off.toFixed(2)} points off (at most 2)`,
      },
    }
  },
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const shareOf = (times: readonly number[], nth: number) => (times[nth] ?? Number.NaN) / sum(times)

/** In percent of the share that it should have. */
function shareError(times: readonly number[]): number {
  const errors = WEIGHTS.map((weight, nth) => Math.abs((shareOf(times, nth) * sum(WEIGHTS)) / weight - 1))
  return Math.max(...errors) * 100
}

async function withVes<T>(
  host: EngineHost,
  limits: readonly Partial<VeLimits>[],
  work: (specs: readonly VeSpec[]) => Promise<T>,
): Promise<T> {
  // RFC 2544's addresses for measurements; nobody is to reach them.
  const specs = limits.map((each, nth) => veSpecOf(nth, `198.19.1.${nth + 1}`, each))
  try {
    for (const spec of specs) {
      await createVe(host, spec)
      await startVe(host, spec)
    }
    return await work(specs)
  } finally {
    for (const spec of specs) await destroyVe(host, spec)
  }
}

/** Nanoseconds of processor time of each, and of the clock. */
type Window = { times: number[]; clock: number }

async function burnTogether(host: EngineHost, specs: readonly VeSpec[]): Promise<Window[]> {
  const seconds = Math.ceil((2 * SETTLE_MS + WINDOWS * WINDOW_MS) / 1000) + 2
  const burning = Promise.all(
    specs.map((spec) => execInVe(host, spec, ['perl', '-e', LIMIT_PROGRAMS.burn, String(seconds)])),
  )
  await sleep(SETTLE_MS)
  const looks = [await look(host, specs)]
  for (let window = 0; window < WINDOWS; window += 1) {
    await sleep(WINDOW_MS)
    looks.push(await look(host, specs))
  }
  await burning
  return looks.slice(1).map((later, nth) => {
    const earlier = looks[nth] as Window
    const times = later.times.map((time, index) => time - (earlier.times[index] ?? 0))
    return { times, clock: later.clock - earlier.clock }
  })
}

/** cgroup v1 tells nanoseconds in a file of their own, v2 microseconds among others. */
async function look({ shell }: EngineHost, specs: readonly VeSpec[]): Promise<Window> {
  const names = specs.map(({ veid }) => `ve${veid}`)
  const script =
    'for ve; do cat /sys/fs/cgroup/cpuacct/corral/$ve/cpuacct.usage 2>/dev/null || ' +
    "sed -n 's/^usage_usec \\(.*\\)/\\1000/p' /sys/fs/cgroup/corral/$ve/cpu.stat; done; date +%s%N"
  const told = (await shell(['sh', '-c', script, 'look', ...names])).trim().split('\n').map(Number)
  return { times: told.slice(0, -1), clock: told.at(-1) ?? Number.NaN }
}
