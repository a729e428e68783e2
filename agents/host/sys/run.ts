import { Problem } from '../../../lib/contract/problem.ts'
import type { RunOptions, RunResult, Started, StartOptions, Sys } from './sys.ts'

const TAIL_LENGTH = 2_000

/** The last part of what a program printed: where the reason is. */
export function tail(text: string): string {
  return text.length <= TAIL_LENGTH ? text : `…${text.slice(-TAIL_LENGTH)}`
}

/** The problem for a program that failed. `argv` never holds a secret: those go through standard input. */
export function commandFailed(argv: readonly string[], result: RunResult): Problem {
  // ip(8) ends with the number of the line that failed; the reason stands above it.
  const lines = result.stderr.trim().split('\n')
  const said = lines.filter((line) => !/^Command failed -/.test(line)).pop() ?? ''
  const why = said === '' ? `exit code ${result.code}` : said
  return new Problem('command-failed', `${argv[0]} failed: ${why}`, {
    context: { argv: [...argv], exitCode: result.code, stderrTail: tail(result.stderr) },
  })
}

/** Runs a program that has to succeed. Throws `command-failed`. */
export function mustRun(sys: Sys, argv: readonly string[], options?: RunOptions): RunResult {
  return succeeded(argv, sys.run(argv, options))
}

/** The same beside what this process does meanwhile: `wait` throws. */
export function mustStart(sys: Sys, argv: readonly string[], options?: StartOptions): Started {
  const started = sys.start(argv, options)
  return { wait: () => succeeded(argv, started.wait()) }
}

function succeeded(argv: readonly string[], result: RunResult): RunResult {
  if (result.code !== 0) throw commandFailed(argv, result)
  return result
}
