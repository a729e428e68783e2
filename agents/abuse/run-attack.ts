/** Lets one VE attack, and looks on: at the attacker, at its host, at a neighbour. */
import { setTimeout as delay } from 'node:timers/promises'
import { HOST_PATHS, type ObservedVe, type WatchSample } from '../../lib/contract/agent-protocol.ts'
import type { LimitEvent } from '../../lib/contract/limit-event.ts'
import type { LabAgent } from '../testing/lab-agent.ts'
import { type LabVe, newKey } from '../testing/lab-ve.ts'
import { type Attack, type AttackReport, attackCommand, parseReport } from './attack.ts'

export type Battlefield = {
  agent: LabAgent
  attacker: LabVe
  neighbour: LabVe
  /** IPv4 address of the neighbour. */
  peer: string
  /** How much slower than a machine of its own speed this one is. */
  slowness: number
}

export type Outcome = {
  /** Null of an attack that was killed as a whole. */
  report: AttackReport | null
  before: ObservedVe
  after: ObservedVe
  /** Of the attacker, as a watch tells them. */
  events: LimitEvent[]
  /** How often the host's agent answered meanwhile, and the longest that it took. */
  answers: number
  slowestAnswerMs: number
  /** What a program in the neighbour said meanwhile. */
  neighbour: string
}

const WATCH_FILE = '/run/abuse-watch'
const BETWEEN_ANSWERS_MS = 250
/** For the watch to look once more, which on a slow host takes its time. */
const LAST_LOOK_TRIES = 600
const EXEC_SECONDS = 120

async function seen(ve: LabVe): Promise<ObservedVe> {
  const found = await ve.seen()
  if (found === undefined) throw new Error(`VE ${ve.spec.veid} is not there.`)
  return found
}

async function samples(agent: LabAgent): Promise<WatchSample[]> {
  const whole = (await agent.run(`cat ${WATCH_FILE}`)).split('\n').slice(0, -1)
  return whole.map((line) => (JSON.parse(line) as { params: WatchSample }).params)
}

/** Until the watch has told of a look that began after this. */
async function lookedOnceMore(agent: LabAgent): Promise<void> {
  const now = Number(await agent.run('date +%s%3N'))
  for (let tries = 0; tries < LAST_LOOK_TRIES; tries += 1) {
    if (((await samples(agent)).at(-1)?.at ?? 0) > now) return
    await delay(BETWEEN_ANSWERS_MS)
  }
  throw new Error('The watch looks no more.')
}

/** A watch of the host, as the worker has it; gives what limits refused to the VE. */
async function withWatch(
  { agent }: Battlefield,
  veid: number,
  work: () => Promise<void>,
): Promise<LimitEvent[]> {
  const input = `(echo '{"intervalSeconds":0.5}'; until test -e ${WATCH_FILE}.end; do sleep 0.1; done)`
  await agent.run(`rm -f ${WATCH_FILE}*`)
  const watching = agent.run(`${input} | qjs --std ${HOST_PATHS.agent} watch >${WATCH_FILE}`)
  await agent.run(`timeout 60 sh -c 'until test -s ${WATCH_FILE}; do sleep 0.05; done'`)
  try {
    await work()
    await lookedOnceMore(agent)
  } finally {
    await agent.run(`touch ${WATCH_FILE}.end`)
    await watching
  }
  const told = (await samples(agent)).flatMap(({ limitEvents }) => limitEvents)
  await agent.run(`rm ${WATCH_FILE}*`)
  return told.filter((event) => event.veid === veid)
}

/** Asks the host's agent again and again while it goes on, and once more right after it. */
async function askMeanwhile(agent: LabAgent, goesOn: () => boolean): Promise<number[]> {
  const times: number[] = []
  do {
    const began = performance.now()
    await agent.call('ping', {}, newKey())
    times.push(performance.now() - began)
    await delay(BETWEEN_ANSWERS_MS)
  } while (goesOn())
  return times
}

export async function runAttack(field: Battlefield, attack: Attack): Promise<Outcome> {
  const { agent, attacker, neighbour, peer, slowness } = field
  const before = await seen(attacker)
  const outcome = { report: null as AttackReport | null, times: [] as number[], said: '' }
  const events = await withWatch(field, attacker.spec.veid, async () => {
    let goesOn = true
    const attacking = attacker
      .exec(attackCommand(attack, slowness, peer), { timeoutSeconds: EXEC_SECONDS })
      .finally(() => {
        goesOn = false
      })
    const asking = askMeanwhile(agent, () => goesOn)
    const [{ stdout, stderr }, times, said] = await Promise.all([
      attacking,
      asking,
      neighbour.shell('sleep 1; echo still here'),
    ])
    outcome.report = parseReport(stdout)
    if (outcome.report === null && stderr !== '') throw new Error(`${attack.name}: ${stderr}`)
    outcome.times = times
    outcome.said = said
  })
  return {
    ...{ report: outcome.report, before, after: await seen(attacker), events, neighbour: outcome.said },
    ...{ answers: outcome.times.length, slowestAnswerMs: Math.max(...outcome.times) },
  }
}

/** What was refused or killed meanwhile, by parameter. */
export function failures(
  { before, after }: Outcome,
  parameter: keyof NonNullable<ObservedVe['beancounters']>,
) {
  return (after.beancounters?.[parameter].failcnt ?? 0) - (before.beancounters?.[parameter].failcnt ?? 0)
}
