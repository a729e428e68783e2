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
 * What the committed list asks for and did not come, as failures, each with its reason. An entry is a test's name, or a
 * file: then it must have run, and none of its tests may have been skipped. What failed is told of already.
 */
export function missingRequired(required: string[], outcomes: Outcome[]): Outcome['failed'] {
  const ran = outcomes.flatMap(({ passed, failed }) => [...passed, ...failed.map(({ name }) => name)])
  const skipped = outcomes.flatMap((outcome) => outcome.skipped)
  return required.flatMap((entry) => {
    const belongs = (name: string) => name === entry || name.startsWith(`${entry} > `)
    const left = skipped.filter(({ name }) => belongs(name))
    if (left.length > 0) {
      return left.map(({ name, reason }) => ({ name, reason: `required, and skipped: ${reason}` }))
    }
    return ran.some(belongs) ? [] : [{ name: entry, reason: 'required, and no such test ran' }]
  })
}

export const summaryLine = (outcomes: Outcome[]) => {
  const sum = (list: keyof Outcome) => outcomes.reduce((total, outcome) => total + outcome[list].length, 0)
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`
}
