import { Problem } from '../../lib/contract/problem.ts'

/**
 * The undo stack of one method: every change pushes how to take it back. On failure they run in reverse; each runs even
 * if another fails, and what could not be undone is named in the problem's context.
 */
export type Revert = {
  push(label: string, undo: () => void): void
}

type Entry = { label: string; undo: () => void }

/** Runs `work`; when it throws, undoes what was pushed and throws the same problem. */
export function withRevert<T>(work: (revert: Revert) => T): T {
  const stack: Entry[] = []
  try {
    return work({ push: (label, undo) => stack.push({ label, undo }) })
  } catch (error) {
    const failures = unwind(stack)
    const problem = Problem.from(error)
    if (failures.length === 0) throw problem
    throw new Problem(problem.code, `${problem.detail} Not undone: ${failures.join('; ')}.`, {
      fields: problem.fields,
      context: { ...problem.context, undoFailures: failures },
      cause: error,
    })
  }
}

function unwind(stack: Entry[]): string[] {
  const failures: string[] = []
  for (const { label, undo } of stack.reverse()) {
    try {
      undo()
    } catch (error) {
      failures.push(`${label} (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return failures
}
