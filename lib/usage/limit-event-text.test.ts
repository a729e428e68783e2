import { expect, test } from 'vitest'
import { checkBeancounters } from '../contract/beancounter-formulas.ts'
import { BEANCOUNTER_NAMES, type BeancounterName } from '../contract/beancounters.ts'
import { GIB, KIB, MIB } from '../contract/units.ts'
import {
  beancountersOf,
  DEFAULT_LIMITS,
  OTHER_BEANCOUNTERS,
  type VeLimits,
  withLimits,
} from '../contract/ve-limits.ts'
import { limitEventText, limitProposal } from './limit-event-text.ts'

const event = (parameter: BeancounterName, more: object = {}) => ({
  kind: 'refused' as const,
  parameter,
  held: 1024,
  barrier: 1024,
  limit: 1024,
  refusals: 12,
  holders: [],
  ...more,
})

test('it says what failed, what was held of how much, and who held it', () => {
  const holders = ['apache2', 'cron', 'sshd', 'bash'].map((command, index) => ({
    pid: 1,
    command,
    held: 900 - index,
  }))
  expect(limitEventText(event('numproc', { holders }))).toBe(
    'No further process could be started: processes, 1,024 of at most 1,024 (12 times). Most of it: apache2 (900), cron (899), sshd (898).',
  )
  const killed = event('physpages', {
    kind: 'killed',
    held: 512 * MIB,
    barrier: 0,
    limit: 512 * MIB,
    refusals: 1,
  })
  expect(limitEventText(killed)).toBe(
    'The kernel killed a process of it: memory, 512 MiB of at most 512 MiB.',
  )
  const short = event('oomguarpages', { held: 512 * MIB, barrier: 0, limit: null, refusals: 1 })
  expect(limitEventText(short)).toMatch(/guarantee, 512 MiB, 0 B guaranteed\.$/)
  expect(limitEventText(event('numfile', { barrier: null, limit: null, refusals: 0 }))).toBe(
    'No further file could be opened: open files, 1,024.',
  )
})

test('the proposal lets it pass, with room, and asks for nothing else that is as it should be', () => {
  expect(limitProposal(event('numproc'), DEFAULT_LIMITS)).toEqual({ processes: 1280 })
  const memory = event('physpages', { held: 512 * MIB })
  expect(limitProposal(memory, DEFAULT_LIMITS)).toEqual({ memoryBytes: 640 * MIB })
  const pty = event('numpty', { held: 64 })
  expect(limitProposal(pty, DEFAULT_LIMITS)).toEqual({ beancounters: { numpty: { barrier: 80, limit: 80 } } })
})

test('what the formulas ask for beside it is raised with it', () => {
  const limits = withLimits(DEFAULT_LIMITS, {
    beancounters: {
      numtcpsock: { barrier: 360, limit: 360 },
      tcpsndbuf: { barrier: 64 * KIB, limit: 64 * KIB + 900 * KIB },
      tcprcvbuf: { barrier: 64 * KIB, limit: 64 * KIB + 900 * KIB },
    },
  })
  expect(checkBeancounters(beancountersOf(limits))).toEqual([])
  const proposal = limitProposal(event('numtcpsock', { held: 360 }), limits)
  expect(Object.keys(proposal?.beancounters ?? {}).sort()).toEqual(['numtcpsock', 'tcprcvbuf', 'tcpsndbuf'])
  expect(proposal?.beancounters?.numtcpsock).toEqual({ barrier: 450, limit: 450 })
})

test('nothing is proposed where the limit is that high by now, or there is none', () => {
  expect(limitProposal(event('numproc'), { ...DEFAULT_LIMITS, processes: 1280 })).toBeNull()
  expect(limitProposal(event('numfile'), DEFAULT_LIMITS)).toBeNull()
  const most: VeLimits = { ...DEFAULT_LIMITS, memoryBytes: 16_384 * GIB }
  expect(limitProposal(event('physpages', { held: 16_384 * GIB }), most)).toBeNull()
})

test('whatever was hit, what is proposed passes the formulas', () => {
  const all = OTHER_BEANCOUNTERS.map((name) => {
    const guarantee = name === 'vmguarpages' || name === 'oomguarpages'
    return [name, { barrier: 100, limit: guarantee ? null : 100 }]
  })
  const limits = { ...DEFAULT_LIMITS, beancounters: Object.fromEntries(all) }
  for (const parameter of BEANCOUNTER_NAMES) {
    const held = beancountersOf(limits)[parameter].limit ?? 100
    const proposal = limitProposal(event(parameter, { held }), limits)
    if (parameter !== 'swappages') expect(proposal, parameter).not.toBeNull()
    const after = withLimits(limits, proposal ?? {})
    if (proposal) expect(checkBeancounters(beancountersOf(after)), parameter).toEqual([])
  }
})
