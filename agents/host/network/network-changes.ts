/** From what may be there to what has to be: pure. */
import { type InterfacePlan, type Line, sameLine } from './interface-plan.ts'

/** `gone`: host's ends to delete, with lines for what outlives them. `fresh`: pairs to make. `changed`: kept, with differing lines. */
export type NetworkChanges = {
  gone: InterfacePlan[]
  fresh: InterfacePlan[]
  changed: { plan: InterfacePlan; outside: Lines; ports: Lines; inside: Lines }[]
}
type Lines = { del: string[]; add: string[] }

/**
 * `states`: what was or may have been set up, of which each part may be there or not. `exists`: whether a host's end is there and
 * its other end within reach; a pair that is not is made anew.
 */
export function networkChanges(
  states: readonly (readonly InterfacePlan[])[],
  to: readonly InterfacePlan[],
  exists: (end: string) => boolean,
): NetworkChanges {
  const seen = states.flat()
  const at = (index: number) => states.map((state) => state.find((plan) => plan.index === index))
  const keeps = (plan: InterfacePlan) =>
    exists(plan.end) &&
    at(plan.index).every((was) => was === undefined || sameMake(was, plan)) &&
    at(plan.index).some((was) => was !== undefined)
  const kept = to.filter(keeps)
  return {
    gone: seen.filter(({ end }) => !kept.some((plan) => plan.end === end)),
    fresh: to.filter((plan) => !kept.includes(plan)),
    changed: kept.flatMap((plan) => {
      const was = at(plan.index).map((each) => each ?? null)
      const part = (name: 'outside' | 'ports' | 'inside') =>
        lineChanges(
          was.map((each) => each?.[name] ?? []),
          plan[name],
        )
      const changes = { plan, outside: part('outside'), ports: part('ports'), inside: part('inside') }
      const none = [changes.outside, changes.ports, changes.inside].every(
        (each) => each.add.length + each.del.length === 0,
      )
      return none ? [] : [changes]
    }),
  }
}

const sameMake = (a: InterfacePlan, b: InterfacePlan) => a.kind === b.kind && a.ifname === b.ifname

function lineChanges(states: readonly (readonly Line[])[], to: readonly Line[]): Lines {
  const inAll = (line: Line) => states.every((state) => state.some((each) => sameLine(each, line)))
  const gone = states.flat().filter((line) => !to.some((each) => sameLine(each, line)))
  // With an address the kernel may take others of its network, and routes: then all is told again.
  const whole = gone.some(({ del }) => del?.startsWith('addr del'))
  const fresh = whole ? [...to] : to.filter((line) => !inAll(line))
  // A rule cannot be told twice: one that may be there is taken back first.
  const again = fresh.filter(({ add }) => add.startsWith('rule add'))
  return {
    del: [...new Set([...gone, ...again].reverse().flatMap(({ del }) => (del === null ? [] : [del])))],
    add: fresh.map(({ add }) => add),
  }
}
