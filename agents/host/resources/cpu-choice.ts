/** Which of a host's CPUs and memory nodes a VE may use. Pure. */
import { formatNumberList, parseNumberList } from '../../../lib/contract/number-list.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'

type Wish = Pick<VeLimits, 'cpus' | 'cpuMask' | 'nodeMask'>

function refuse(field: keyof Wish, text: string): Problem {
  return new Problem('invalid-input', text, { fields: { [`spec.limits.${field}`]: text } })
}

/** All of `there` without a mask. A mask of what is not there would hold nothing of what was meant. */
function within(field: 'cpuMask' | 'nodeMask', what: string, mask: string | null, there: number[]): number[] {
  if (mask === null) return there
  const wished = parseNumberList(mask) ?? []
  const missing = wished.filter((each) => !there.includes(each))
  if (missing.length === 0 && wished.length > 0) return wished
  const text = `This host has the ${what} ${formatNumberList(there)}, not ${formatNumberList(missing)}.`
  throw refuse(field, text)
}

/**
 * `cpus` of those that the mask allows, one after the other from a place that the veid gives: VEs with few CPUs do not all sit on
 * the first, and one that is given more keeps those it has. Throws `invalid-input`.
 */
export function chooseCpus(
  { cpus, cpuMask }: Omit<Wish, 'nodeMask'>,
  veid: number,
  there: number[],
): number[] {
  const allowed = within('cpuMask', 'CPUs', cpuMask, there)
  if (cpus === null) return allowed
  if (cpus > allowed.length) {
    const whose = cpuMask === null ? 'This host has' : 'The mask allows'
    throw refuse('cpus', `${whose} ${allowed.length}.`)
  }
  const first = veid % allowed.length
  const chosen = [...allowed.slice(first), ...allowed.slice(0, first)].slice(0, cpus)
  return chosen.sort((a, b) => a - b)
}

/** Throws `invalid-input`. */
export function chooseNodes({ nodeMask }: Pick<Wish, 'nodeMask'>, there: number[]): number[] {
  return within('nodeMask', 'memory nodes', nodeMask, there)
}
