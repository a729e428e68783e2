/** What the consistency formulas found, at the fields that it is about. Pure. */

import type { Finding, FindingLevel } from '@/lib/contract/beancounter-formulas.ts'
import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import { fieldOf } from '@/lib/limits/limit-fields.ts'
import type { LimitNote } from './limit-form-state.ts'

const NOTE: Record<FindingLevel, { tone: LimitNote['tone']; before: string }> = {
  error: { tone: 'danger', before: '' },
  warning: { tone: 'caution', before: '' },
  recommendation: { tone: 'neutral', before: 'Better: ' },
}

export function findingNotes(findings: readonly Finding[], field: string): LimitNote[] {
  return findings
    .filter(({ name }) => fieldOf(name) === field)
    .map(({ level, text }) => ({ tone: NOTE[level].tone, text: `${NOTE[level].before}${text}` }))
}

const WORDS: Record<FindingLevel, readonly [string, string]> = {
  error: ['error', 'errors'],
  warning: ['warning', 'warnings'],
  recommendation: ['recommendation', 'recommendations'],
}

/** "1 error and 2 warnings: Kernel memory, Open files." */
export function findingSummary(findings: readonly Finding[]): string {
  const counts = (Object.keys(WORDS) as FindingLevel[]).flatMap((level) => {
    const count = findings.filter((each) => each.level === level).length
    return count === 0 ? [] : [`${count} ${WORDS[level][count === 1 ? 0 : 1]}`]
  })
  const labels = [...new Set(findings.map(({ name }) => BEANCOUNTERS[name].label))]
  return `${counts.join(', ')}: ${labels.join(', ')}.`
}
