import path from 'node:path'
import { buildClient } from './builds/build.ts'
import type { Outcome } from './testing/outcome.ts'
import { report } from './testing/report.ts'
import { CHECKS, run, vitest } from './testing/runners.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')

/** `npm run check`: types, lint, format, schema and the rules of the house. */
await buildClient({ checkout: CHECKOUT, report: () => {} })
const outcomes: [string, Outcome][] = []
for (const runner of [...CHECKS, vitest('structure', ['lib/structure.test.ts'])]) {
  outcomes.push([runner.name, await run(CHECKOUT, runner)])
}
process.exitCode = report(outcomes)
