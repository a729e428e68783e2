import { stripVTControlCharacters } from 'node:util'
import { type Outcome, summaryLine } from './outcome.ts'

/** Prints what failed, what was skipped and why, a line per runner, and the sum as the last line. Gives the exit code. */
export function report(outcomes: [runner: string, outcome: Outcome][]): number {
  const lines: string[] = ['']
  for (const [runner, { failed }] of outcomes) {
    for (const { name, reason } of failed) lines.push(`failed   ${runner}: ${name}: ${firstLine(reason)}`)
  }
  for (const [runner, { skipped }] of outcomes) {
    for (const { name, reason } of skipped) lines.push(`skipped  ${runner}: ${name}: ${firstLine(reason)}`)
  }
  for (const [runner, outcome] of outcomes) lines.push(`${runner}: ${summaryLine([outcome])}`)
  const all = outcomes.map(([, outcome]) => outcome)
  console.log([...lines, summaryLine(all)].join('\n'))
  return all.some(({ failed }) => failed.length > 0) ? 1 : 0
}

// Vitest and Playwright colour their messages.
const firstLine = (text: string) => stripVTControlCharacters(text).trim().split('\n')[0] ?? ''
