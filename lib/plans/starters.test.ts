import { expect, test } from 'vitest'
import { checkBeancounters } from '../contract/beancounter-formulas.ts'
import { CAPABILITY_NAMES, type CapabilityReport } from '../contract/capabilities.ts'
import { beancountersOf, contradictions, veLimits } from '../contract/ve-limits.ts'
import { misfits } from '../limits/misfits.ts'
import { STARTERS } from './starters.ts'

const NEEDED = ['cgroup-memory', 'cgroup-pids', 'cgroup-cpu']
const capabilities = Object.fromEntries(
  CAPABILITY_NAMES.map((name) => [name, { available: NEEDED.includes(name), reason: null }]),
) as CapabilityReport

test.each(STARTERS)('$name passes the formulas, and fits on a plain host', ({ limits }) => {
  expect(veLimits.safeParse(limits).success).toBe(true)
  expect(checkBeancounters(beancountersOf(limits))).toEqual([])
  expect(contradictions(limits)).toEqual({})
  expect(misfits(limits, { name: 'plain', storage: 'image', facts: null, capabilities })).toEqual([])
})
