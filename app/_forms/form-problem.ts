import type { ProblemJson } from '@/lib/contract/problem.ts'

/** The sentence for a field: of itself, or of the first part of it that is wrong ("sshKeys.1" for "sshKeys"). */
export function fieldProblem(problem: ProblemJson | null, name: string): string | null {
  const fields = problem?.fields ?? {}
  if (fields[name]) return fields[name]
  const part = Object.keys(fields).find((path) => path.startsWith(`${name}.`))
  if (part === undefined) return null
  const index = Number(part.slice(name.length + 1).split('.')[0])
  return Number.isInteger(index) ? `Entry ${index + 1}: ${fields[part]}` : (fields[part] ?? null)
}

/** Sentences that belong to no field of the form. */
export function looseProblems(problem: ProblemJson, names: readonly string[]): string[] {
  return Object.entries(problem.fields ?? {})
    .filter(([path]) => !names.some((name) => path === name || path.startsWith(`${name}.`)))
    .map(([path, sentence]) => (path === '' ? sentence : `${path}: ${sentence}`))
}
