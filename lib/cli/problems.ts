import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'
import { PanelRefusal } from './fleet/panel-api.ts'

/** Says on stderr what went wrong: one sentence and a way on, or for a bug of ours the stack. */
export function sayProblem(error: unknown, dataDir: string) {
  const problem = asSetupProblem(error, dataDir)
  if (problem) process.stderr.write(`\n${problem.message}\n${problem.wayOn}\n`)
  else if (error instanceof PanelRefusal) process.stderr.write(`\nThe panel refused: ${error.message}\n`)
  else process.stderr.write(`\nThis should not have happened; please report it.\n${describe(error)}\n`)
}

function asSetupProblem(error: unknown, dataDir: string): SetupProblem | undefined {
  if (error instanceof SetupProblem) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EACCES' || code === 'EPERM') {
    return new SetupProblem(
      `Corral's files or processes are not yours to touch: ${message}.`,
      'Run the command as the user who started Corral, or as root.',
      { cause: error },
    )
  }
  return saysDiskFull(error) ? diskFullProblem(dataDir, error) : undefined
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
