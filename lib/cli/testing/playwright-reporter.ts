import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestError,
  TestResult,
} from '@playwright/test/reporter'
import { emptyOutcome, OUTCOME_FILE, type Outcome } from './outcome.ts'

/** Writes Playwright's results as an Outcome, a test once however often it was tried. */
export default class OutcomeReporter implements Reporter {
  #suite: Suite | undefined
  #root = ''
  readonly #errors: TestError[] = []

  onBegin(config: FullConfig, suite: Suite) {
    this.#root = path.dirname(config.configFile ?? process.cwd())
    this.#suite = suite
  }

  onError(error: TestError) {
    this.#errors.push(error)
  }

  onEnd(_result: FullResult) {
    const file = process.env[OUTCOME_FILE]
    if (!file) return
    const outcome = emptyOutcome()
    for (const test of this.#suite?.allTests() ?? []) add(outcome, this.#root, test)
    for (const error of this.#errors) {
      outcome.failed.push({ name: 'outside of any test', reason: error.message ?? 'no reason was given' })
    }
    writeFileSync(file, JSON.stringify(outcome))
  }

  /** Vitest's and Playwright's own reporters print; this one only writes. */
  printsToStdio() {
    return false
  }
}

function add(outcome: Outcome, root: string, test: TestCase) {
  const [, , file, ...titles] = test.titlePath()
  const name = [path.relative(root, test.location.file) || file, ...titles].join(' > ')
  const ended = test.outcome()
  const last = test.results.at(-1)
  if (ended === 'expected') outcome.passed.push(name)
  else if (ended === 'skipped' && last) {
    const skip = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')
    outcome.skipped.push({ name, reason: skip?.description ?? 'its file says so' })
  } else if (ended === 'flaky')
    outcome.failed.push({ name, reason: 'it failed first and passed when tried again' })
  else outcome.failed.push({ name, reason: reasonOf(last) })
}

/** All of it: after a soft expectation, the last error may be a consequence of the first. */
const reasonOf = (result: TestResult | undefined) =>
  result?.errors.map(({ message }) => message ?? '').join('\n') || 'it did not run'
