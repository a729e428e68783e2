/** What a runner (types, lint, vitest, Playwright) tells of its tests, in one shape for all. */
export type Outcome = {
  passed: string[]
  failed: { name: string; reason: string }[]
  skipped: { name: string; reason: string }[]
}

/** Where a reporter in another process writes its Outcome as JSON. */
export const OUTCOME_FILE = 'CORRAL_OUTCOME_FILE'

export const emptyOutcome = (): Outcome => ({ passed: [], failed: [], skipped: [] })

/**
 * The tests on the committed list that did not pass, each with the reason, as failures: a required test that is
 * skipped, renamed or left out must not go unseen. Names that failed are told of already.
 */
export function missingRequired(required: string[], outcomes: Outcome[]): Outcome['failed'] {
  const passed = new Set(outcomes.flatMap((outcome) => outcome.passed))
  const failed = new Set(outcomes.flatMap((outcome) => outcome.failed.map(({ name }) => name)))
  const skipped = new Map(
    outcomes.flatMap((outcome) => outcome.skipped.map(({ name, reason }) => [name, reason])),
  )
  return required
    .filter((name) => !passed.has(name) && !failed.has(name))
    .map((name) => {
      const why = skipped.get(name)
      return {
        name,
        reason: why === undefined ? 'required, and no such test ran' : `required, and skipped: ${why}`,
      }
    })
}

export const summaryLine = (outcomes: Outcome[]) => {
  const sum = (list: keyof Outcome) => outcomes.reduce((total, outcome) => total + outcome[list].length, 0)
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`
}
