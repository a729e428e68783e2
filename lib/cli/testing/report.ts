import { stripVTControlCharacters } from 'node:util'
import { type Outcome, summaryLine } from './outcome.ts'

/** Prints what failed, what was skipped and why, a line per runner, and the sum as the last line. Gives the exit code. */
export function report(outcomes: [runner: string, outcome: Outcome][]): number {
  const lines: string[] = ['']
  for (const [runner, { failed }] of outcomes) {
    for (const { name, reason } of failed) lines.push(`failed   ${runner}: ${name}: ${firstLines(reason)}`)
  }
  for (const [runner, { skipped }] of outcomes) {
    for (const { name, reason } of skipped) lines.push(`skipped  ${runner}: ${name}: ${firstLine(reason)}`)
  }
  for (const [runner, outcome] of outcomes) lines.push(`${runner}: ${summaryLine([outcome])}`)
  const all = outcomes.map(([, outcome]) => outcome)
  console.log([...lines, summaryLine(all)].join('\n'))
  return all.some(({ failed }) => failed.length > 0) ? 1 : 0
}

const LINES_OF_FAILURE = 12
const LINE_CHARACTERS = 300

const firstLine = (text: string) => plainLines(text)[0] ?? ''

/** What was expected and what came: whoever sees the end of the output only has to find it there. */
const firstLines = (text: string) =>
  plainLines(text)
    .slice(0, LINES_OF_FAILURE)
    .map((line) => line.slice(0, LINE_CHARACTERS))
    .join('\n           ')

// Vitest and Playwright colour their messages.
const plainLines = (text: string) =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
