/**
 * What one VE's root can do to its host, on a lab host with cgroup v1: each attack is held, counted where there is a counter, told as an
 * event, and neither host nor neighbour stops answering. The host itself is capped, so that this machine does not feel it. Needs root on
 * Linux.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GIB } from '../lib/contract/units.ts'
import { NO_FIREWALL } from '../lib/contract/ve-firewall.ts'
import { type Attack, CLEAN_UP } from './abuse/attack.ts'
import { ATTACKED_LIMITS, BOUNDS } from './abuse/attacked-limits.ts'
import { ATTACKS } from './abuse/attacks.ts'
import { type Battlefield, failures, type Outcome, runAttack } from './abuse/run-attack.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'

let lab: AgentLab
let field: Battlefield
let before: string[]

beforeAll(async () => {
  lab = await raiseAgentLab('xfs', { memoryBytes: 3 * GIB, processes: 2048, cpuPercent: 150 })
  before = await footprint(lab)
  const attacker = new LabVe(lab, {
    limits: ATTACKED_LIMITS,
    // With one on the host its connections are tracked.
    firewall: { ...NO_FIREWALL, enabled: true, policyIn: 'accept', policyOut: 'accept' },
  })
  const peer = lab.address.replace(/\d+$/, (last) => String(Number(last) + 1))
  const neighbour = new LabVe(
    { ...lab, address: peer },
    { veid: 102, uuid: EXAMPLE_SPEC.uuid.replace(/01$/, '02'), idBase: EXAMPLE_SPEC.idBase + 65_536 },
  )
  for (const ve of [attacker, neighbour]) {
    await ve.create()
    await ve.start()
  }
  field = { agent: lab.agent, attacker, neighbour, peer, slowness: 1 }
})
afterAll(() => lab?.lower())

/** As the VE that is attacked from is when nothing goes on in it. */
async function expectQuiet(): Promise<void> {
  const { attacker } = field
  await attacker.exec(CLEAN_UP, { timeoutSeconds: 60 })
  const held = async () => (await attacker.seen())?.beancounters
  await expect.poll(async () => (await held())?.numproc.held, { timeout: 20_000 }).toBeLessThan(12)
  const left = await held()
  for (const name of ['numpty', 'numsiginfo', 'numflock', 'dgramrcvbuf'] as const) {
    expect([name, left?.[name].held]).toEqual([name, 0])
  }
}

/**
 * This host is itself a container, where signals of others count towards a VE's limit too: it is refused more before it has as many as
 * the limit, by which refusals are told where the kernel does not count them.
 */
const UNSEEN_HERE: readonly string[] = ['numsiginfo']

function expectCounted({ counted }: Attack, outcome: Outcome): void {
  if ('none' in counted) return
  for (const name of counted.filter((each) => !UNSEEN_HERE.includes(each))) {
    expect([name, failures(outcome, name)]).toEqual([name, expect.toSatisfy((count) => count > 0)])
    // A kill is told of the memory that was full.
    const told = name === 'oomguarpages' ? 'physpages' : name
    expect(outcome.events.map(({ parameter }) => parameter)).toContain(told)
  }
}

/** No attack got more than this, ever. */
function expectBounds({ after }: Outcome): void {
  for (const [name, most] of Object.entries(BOUNDS)) {
    const held = after.beancounters?.[name as keyof typeof BOUNDS].maxheld ?? Number.NaN
    expect({ name, most, isWithin: held <= most }).toEqual({ name, most, isWithin: true })
  }
}

const HERE = ATTACKS.filter(({ cgroups }) => cgroups.some((version) => version === 1))

test.each<Attack>(HERE)('$name: held, counted and told; host and neighbour answer', async (attack) => {
  const outcome = await runAttack(field, attack)
  const { report, after, neighbour, answers } = outcome
  expect(attack.ends).toContain(report?.how ?? 'killed')
  expect(answers).toBeGreaterThan(0)
  expect(neighbour).toBe('still here')
  expect(after).toMatchObject({ state: 'running', lastExit: null })
  expectCounted(attack, outcome)
  expectBounds(outcome)
  if (attack.name === 'conntrack-flood') await expectFewConnections()
  await expectQuiet()
})

/** Beyond 32,768 of one interface the host drops new ones; some are of the lab. */
async function expectFewConnections(): Promise<void> {
  const tracked = Number(await lab.agent.run('cat /proc/sys/net/netfilter/nf_conntrack_count'))
  expect(tracked).toBeGreaterThan(10_000)
  expect(tracked).toBeLessThan(33_500)
}

test('the host is as it was', async () => {
  for (const ve of [field.attacker, field.neighbour]) await ve.destroy()
  await expectFootprint(lab, before)
})
