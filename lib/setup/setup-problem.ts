/**
 * Something that keeps Corral from being set up or started on this machine and that the person at the
 * terminal can mend. `message` says what is wrong in one sentence, `wayOn` what to do about it.
 * Errors of any other class are bugs and keep their stack.
 */
export class SetupProblem extends Error {
  readonly wayOn: string

  constructor(message: string, wayOn: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'SetupProblem'
    this.wayOn = wayOn
  }
}

/** The problem to show for a full disk, wherever it was noticed. */
export const diskFullProblem = (dir: string, cause?: unknown) =>
  new SetupProblem(
    `The disk that holds ${dir} is full.`,
    'Free some space there, or choose a directory on another disk with --data DIR, then run the command again.',
    { cause },
  )

/** True if an error, or the output of a program, says that no space is left. */
export function saysDiskFull(value: unknown): boolean {
  if (value instanceof Error) {
    const { code } = value as NodeJS.ErrnoException
    return code === 'ENOSPC' || code === 'EDQUOT' || saysDiskFull(value.message)
  }
  return /No space left on device|Disk quota exceeded|ENOSPC/.test(String(value))
}
