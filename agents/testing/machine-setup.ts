import type { TestProject } from 'vitest/node'
import { type AgentMachine, raiseAgentMachine } from './agent-machine.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    machine: AgentMachine
  }
}

/** Vitest's global setup for the tests on a machine host: one boot, which takes the better part of a minute, for all of them. */
export default async function setup(project: TestProject) {
  const { stop, ...machine } = await raiseAgentMachine()
  project.provide('machine', machine)
  return stop
}
