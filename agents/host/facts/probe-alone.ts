import { Problem } from '../../../lib/contract/problem.ts'
import { withLock } from '../lock.ts'
import type { Sys } from '../sys/sys.ts'
import type { Reason, Untried } from './probe.ts'

/** More than any probe takes on a slow host. */
const WAIT_SECONDS = 60

/**
 * One probe at a time, for those that make something: all use one name for it, so what an agent that was killed left there is found,
 * and cleared, by the next one.
 */
export function probeAlone(sys: Sys, work: () => Reason | Untried): Reason | Untried {
  try {
    const what = 'What this host can do'
    return withLock(sys, 'probe', what, `probe ${sys.pid}`, work, { waitSeconds: WAIT_SECONDS })
  } catch (error) {
    const { code, detail } = Problem.from(error)
    if (code === 'locked') return { untried: detail }
    throw error
  }
}
