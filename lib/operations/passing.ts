import { Problem, type ProblemCode } from '../contract/problem.ts'

/** Problems that pass by themselves: the host comes back, the other request ends. */
export const PASSING: readonly ProblemCode[] = ['link-lost', 'host-unreachable', 'host-refused', 'locked']

export const isPassing = (error: unknown): boolean => error instanceof Problem && PASSING.includes(error.code)
