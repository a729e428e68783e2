import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node'
import { emptyOutcome, OUTCOME_FILE, type Outcome } from './outcome.ts'

/** Writes vitest's results as an Outcome. A file that cannot be loaded is a failed test too. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]) {
    const file = process.env[OUTCOME_FILE]
    if (!file) return
    const outcome = emptyOutcome()
    for (const module of modules) {
      for (const error of module.errors())
        outcome.failed.push({ name: module.relativeModuleId, reason: error.message })
      for (const test of module.children.allTests()) add(outcome, module, test)
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) {
          outcome.failed.push({
            name: `${module.relativeModuleId} > ${suite.fullName}`,
            reason: error.message,
          })
        }
      }
    }
    for (const error of unhandled) outcome.failed.push({ name: 'outside of any test', reason: error.message })
    writeFileSync(file, JSON.stringify(outcome))
  }
}

function add(outcome: Outcome, module: TestModule, test: TestCase) {
  const name = `${module.relativeModuleId} > ${test.fullName}`
  const result = test.result()
  if (result.state === 'passed') outcome.passed.push(name)
  else if (result.state === 'failed') {
    outcome.failed.push({ name, reason: result.errors.map((error) => error.message).join('; ') })
  } else if (result.state === 'skipped')
    outcome.skipped.push({ name, reason: result.note ?? 'its file says so' })
  else outcome.failed.push({ name, reason: 'it was not finished' })
}
