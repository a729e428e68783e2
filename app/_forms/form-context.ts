import { createContext, useContext } from 'react'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import { fieldProblem } from './form-problem.ts'

type FormState = { pending: boolean; problem: ProblemJson | null }
export const FormContext = createContext<FormState>({ pending: false, problem: null })

export function useFieldProblem(name: string): string | null {
  return fieldProblem(useContext(FormContext).problem, name)
}
