/** Does what networkChanges found, in an order in which nothing passes unguarded. */
import { Problem } from '../../../lib/contract/problem.ts'
import { mustRun } from '../sys/run.ts'
import { set } from '../sys/settings.ts'
import type { Sys } from '../sys/sys.ts'
import { uncutNetwork } from './cut.ts'
import { EMPTY_GUARD_TEXT, guardText, unguardText } from './guard.ts'
import { ipInside, zeroInside } from './inside.ts'
import { endsOf, type InterfacePlan } from './interface-plan.ts'
import type { NetworkChanges } from './network-changes.ts'

const LET_GO_TRIES = 100

export type Application = {
  veid: number
  initPid: number
  /** All that it shall have. */
  plans: readonly InterfacePlan[]
  changes: NetworkChanges
  /** Host's end → name inside now, of those that stay. */
  names: ReadonlyMap<string, string>
  /** Whether somebody inside could send already. */
  running: boolean
  /** For nft(8), beside the guard. */
  rules: string
}

const text = (lines: readonly string[]) => `${lines.join('\n')}\n`

/** Throws `command-failed` at the first line that does not work. */
function batch(sys: Sys, program: 'ip' | 'bridge', lines: readonly string[]): void {
  if (lines.length > 0) mustRun(sys, [program, '-batch', '-'], { stdin: text(lines) })
}

/** What has gone already is no error: goes on with the next line. */
function batchAway(sys: Sys, program: 'ip' | 'bridge', lines: readonly string[]): void {
  if (lines.length > 0) sys.run([program, '-force', '-batch', '-'], { stdin: text(lines) })
}

const adds = (lines: readonly { add: string }[]) => lines.map(({ add }) => add)

/** For the interface inside, by the word for it there, which its root chose: no pattern of replaceAll. */
const called = (lines: readonly string[], name: string) =>
  lines.map((line) => line.replaceAll('@', () => name))

/** Lines for what is on the host beside the interface itself, with which all else goes. */
const besides = ({ end, outside }: InterfacePlan) =>
  outside.flatMap(({ del }) => (del === null || del.includes(` dev ${end}`) ? [] : [del]))

const removal = (sys: Sys, plans: readonly InterfacePlan[], ends: readonly string[]) =>
  batchAway(sys, 'ip', [...new Set(plans.flatMap(besides)), ...ends.map((end) => `link del ${end}`)])

export function applyNetwork(sys: Sys, application: Application): void {
  takeAway(sys, application)
  const { changes, initPid, plans, rules, running, veid } = application
  const makes = changes.fresh.map(
    ({ end, ifname, make }) =>
      `link add ${end} ${make.end} type veth peer name ${ifname} ${make.peer} netns ${initPid}`,
  )
  if (running) ipInside(sys, initPid, pushAside(sys, changes), true)
  const rest = [
    ...changes.fresh.flatMap(({ outside }) => adds(outside)),
    ...changes.changed.flatMap(({ outside }) => outside.add),
  ]
  const inOne = !running && !sets(sys, plans)
  batch(sys, 'ip', inOne ? [...makes, ...rest] : makes)
  for (const { path, value } of plans.flatMap(({ settings }) => settings)) set(sys, path, value)
  const guard = plans.length > 0 || running ? guardText(veid, plans) : ''
  if (guard + rules !== '') mustRun(sys, ['nft', '-f', '-'], { stdin: guard + rules })
  if (!inOne) batch(sys, 'ip', rest)
  batch(sys, 'bridge', [
    ...changes.fresh.flatMap(({ ports }) => adds(ports)),
    ...changes.changed.flatMap(({ ports }) => ports.add),
  ])
  setUpInside(sys, application)
}

/** Whether an interface has to be told something before it comes up that the host tells new ones otherwise. */
export function sets(sys: Sys, plans: readonly InterfacePlan[]): boolean {
  const off = sys.read('/proc/sys/net/ipv6/conf/default/disable_ipv6')?.trim() === '1'
  return off && plans.some(({ settings }) => settings.some(({ value }) => value === '0'))
}

/** Anew, for all that is there already: whoever empties nftables on the host takes it from every VE. */
export function guardAgain(sys: Sys, veid: number, plans: readonly InterfacePlan[]): void {
  if (plans.length > 0) mustRun(sys, ['nft', '-f', '-'], { stdin: guardText(veid, plans) })
}

/** One that is made anew gets its name back, whatever the VE's root gave that name to meanwhile: nobody keeps the others from changes so. */
function pushAside(sys: Sys, { fresh, gone }: NetworkChanges): string[] {
  const again = fresh.filter((plan) => gone.some(({ ifname }) => ifname === plan.ifname))
  return again.flatMap(({ ifname, index }) => [
    `link property del dev ${ifname} altname ${ifname}`,
    `link set dev ${ifname} down`,
    `link set dev ${ifname} name ${sys.now().toString(36)}.${index}`,
  ])
}

/** An end that nobody knows of was made by a program that outlived its agent. */
function takeAway(sys: Sys, { changes, initPid, names, plans, veid }: Application): void {
  const kept = plans.filter((plan) => !changes.fresh.includes(plan)).map(({ end }) => end)
  removal(
    sys,
    changes.gone,
    endsOf(sys, veid).filter((end) => !kept.includes(end)),
  )
  batchAway(
    sys,
    'ip',
    changes.changed.flatMap(({ outside }) => outside.del),
  )
  batchAway(
    sys,
    'bridge',
    changes.changed.flatMap(({ ports }) => ports.del),
  )
  const inside = changes.changed.flatMap(({ plan, inside }) =>
    called(inside.del, names.get(plan.end) ?? plan.ifname),
  )
  ipInside(sys, initPid, inside, true)
}

/**
 * What is withdrawn is withdrawn whatever the VE's root did to its end: then that is set up as far as it goes. Otherwise it has to be
 * as the spec says.
 */
function setUpInside(sys: Sys, { changes, initPid, names, running }: Application): void {
  const withdraws =
    changes.gone.length > 0 ||
    changes.changed.some(({ outside, inside }) => outside.del.length + inside.del.length > 0)
  zeroInside(
    sys,
    initPid,
    changes.fresh.flatMap(({ insideZeros, ifname }) => called(insideZeros, ifname)),
  )
  const lines = [
    ...(running ? [] : ['link set lo up']),
    ...changes.fresh.flatMap(({ inside, ifname }) => called(adds(inside), ifname)),
    ...changes.changed.flatMap(({ plan, inside }) => called(inside.add, names.get(plan.end) ?? plan.ifname)),
  ]
  ipInside(sys, initPid, lines, running && withdraws)
}

/** All that `plans` put on the host, and every interface of the VE. Throws `command-failed` when something stays. */
export function clearNetwork(sys: Sys, veid: number, plans: readonly InterfacePlan[]): void {
  removal(sys, plans, endsOf(sys, veid))
  uncutNetwork(sys, veid, unguardText(veid))
  sys.run(['nft', '-f', '-'], { stdin: EMPTY_GUARD_TEXT })
  let left = endsOf(sys, veid)
  // The kernel may be about to remove one itself, with the namespace of its other end; or a program that outlived its agent has made it.
  for (let tries = 0; left.length > 0 && tries < LET_GO_TRIES; tries += 1) {
    sys.sleep(20)
    removal(sys, [], left)
    left = endsOf(sys, veid)
  }
  if (left.length > 0) {
    throw new Problem('command-failed', `The host does not let go of ${left.join(', ')} of VE ${veid}.`)
  }
}
