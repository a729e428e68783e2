import { setTimeout as sleep } from 'node:timers/promises'
import type { VeSpec } from '../contract/ve-spec.ts'
import type { EngineHost } from './engine-host.ts'
import { createVe, destroyVe, startVe, veSpecOf } from './engine-ve.ts'
import { type Bench, type Measured, median } from './figure.ts'
import { lookAtMemory, type MemoryLook } from './kernel-memory.ts'
import { measureSampling } from './sampling.ts'

const VES = 200
/** The first and the last so many are started one by one, each when the one before has booted; the others two at a time. */
const CALM = 10
const BOOT_MS = 700
const AT_ONCE = 2
/** While they are removed, memory is looked at after so many. */
const STAGE = 50
const SETTLE_MS = 2000

/** Many VEs that run nothing but their init and sshd: what each takes of the host, whether the last starts as fast as the first, what watching them costs. */
export const density: Bench = {
  names: ['idle-ve-mb', 'start-200th-vs-1st', 'sampling-200-ves-cores'],
  needsRoot: true,
  async measure({ engine, say }) {
    const host = await engine()
    const specs = Array.from({ length: VES }, (_, nth) => veSpecOf(nth, addressOf(nth)))
    try {
      say(`creating ${VES} VEs`)
      await inTurns(specs, (spec) => createVe(host, spec))
      const empty = await look(host)
      say('starting them')
      const first = await oneByOne(host, specs.slice(0, CALM))
      await inTurns(specs.slice(CALM, -CALM), (spec) => startVe(host, spec))
      const last = await oneByOne(host, specs.slice(-CALM))
      say('watching them')
      const sampling = await measureSampling(host, VES)
      say('looking at memory while they are removed')
      const looks = await lookWhileRemoved(host, specs)
      return {
        'idle-ve-mb': idle(empty, looks),
        'start-200th-vs-1st': starts(first, last),
        'sampling-200-ves-cores': sampling,
      }
    } finally {
      await inTurns(specs, (spec) => destroyVe(host, spec))
    }
  },
}

/** Private to the lab host, which routes each address to its VE (RFC 2544: for measurements). */
const addressOf = (nth: number) => `198.19.0.${nth + 1}`

async function inTurns(specs: readonly VeSpec[], work: (spec: VeSpec) => Promise<unknown>): Promise<void> {
  const left = [...specs]
  const worker = async () => {
    for (let spec = left.shift(); spec; spec = left.shift()) await work(spec)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

/** How long each took to start, in milliseconds: until the agent has seen its init run. */
async function oneByOne(host: EngineHost, specs: readonly VeSpec[]): Promise<number[]> {
  const times: number[] = []
  for (const spec of specs) {
    const began = performance.now()
    await startVe(host, spec)
    times.push(performance.now() - began)
    await sleep(BOOT_MS)
  }
  return times
}

async function look({ shell }: EngineHost): Promise<MemoryLook> {
  await sleep(SETTLE_MS)
  return lookAtMemory(
    await shell(['sh', '-c', 'for pid in $(pidof conmon lxcfs); do cat /proc/$pid/smaps_rollup; done']),
  )
}

/** With all of them, then with STAGE fewer each time, and at last with as many as STAGE leaves. */
async function lookWhileRemoved(host: EngineHost, specs: readonly VeSpec[]): Promise<MemoryLook[]> {
  const looks = [await look(host)]
  for (let from = VES - STAGE; from >= 0; from -= STAGE) {
    await inTurns(specs.slice(from, from + STAGE), (spec) => destroyVe(host, spec))
    looks.push(await look(host))
  }
  return looks
}

const megabytes = (bytes: number) => bytes / 1e6

/** Stage by stage: on a machine that does other things too, one of them may be far off. */
function idle(empty: MemoryLook, looks: readonly MemoryLook[]): Measured {
  const [full = empty] = looks
  const runs = looks.slice(1).map((fewer, stage) => {
    const more = looks[stage] as MemoryLook
    return megabytes(more.kernel + more.monitors - fewer.kernel - fewer.monitors) / STAGE
  })
  const each = (what: keyof MemoryLook) => (megabytes(full[what] - empty[what]) / VES).toFixed(2)
  return {
    unit: 'MB',
    runs,
    note:
      `at most 3 MB; all ${VES} together, per VE: monitor ${each('monitors')} MB, kernel ${each('kernel')} MB (stacks and page tables of ` +
      `the guest's processes with it), caches dropped before; all programs of the machine ${each('programs')} MB`,
  }
}

function starts(first: readonly number[], last: readonly number[]): Measured {
  const usual = median(first)
  const list = (times: readonly number[]) => times.map(Math.round).join(' ')
  return {
    unit: 'ratio',
    runs: last.map((time) => time / usual),
    note: `at most 1.5; ms of ve-start, the first ${CALM}: ${list(first)}; the last of ${VES}: ${list(last)}`,
  }
}
