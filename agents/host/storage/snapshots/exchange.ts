import { Problem } from '../../../../lib/contract/problem.ts'
import { commandFailed } from '../../sys/run.ts'
import type { Sys } from '../../sys/sys.ts'

/** Two directories change names in one step (renameat2(2), RENAME_EXCHANGE); without the second the first takes its name. */
export function exchange(sys: Sys, from: string, to: string): void {
  if (sys.stat(to) === null) {
    sys.rename(from, to)
    return
  }
  const argv = ['mv', '--exchange', '--no-target-directory', from, to]
  const done = sys.run(argv)
  if (done.code === 0) return
  if (!/unrecognized option/.test(done.stderr)) throw commandFailed(argv, done)
  const text = 'The disk of a VE of this kind is replaced with coreutils 9.5 or later, which this host lacks.'
  throw new Problem('capability-missing', text)
}
