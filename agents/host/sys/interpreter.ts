import type { Sys } from './sys.ts'

/** The program that runs this agent, with its options: by its absolute path, for whoever is to run the agent again. */
export function interpreter(sys: Sys): string[] {
  const executable = sys.readlink('/proc/self/exe') ?? '/usr/bin/qjs'
  return /\/qjs$/.test(executable) ? [executable, '--std', '--strip-source'] : [executable]
}
