/**
 * All processes of a VE stand still while something is done, by the freezer of its control group (cgroups(7), "freezer"; in v2
 * cgroup.freeze). They go on whatever becomes of this process: a child waits for its end, and lets them go then.
 */
import { Problem } from '../../../lib/contract/problem.ts'
import { veCgroup } from '../paths.ts'
import { cgroupVersion, ROOT } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'

const WAIT_MS = 10_000
const POLL_MS = 2

type Freezer = { file: string; freeze: string; thaw: string; isFrozen(): boolean; isThawed(): boolean }

function freezerOf(sys: Sys, veid: number): Freezer {
  const group = veCgroup(veid)
  if (cgroupVersion(sys) === 2) {
    const file = `${ROOT}${group}/cgroup.freeze`
    const frozen = () => /^frozen 1$/m.test(sys.readShort(`${ROOT}${group}/cgroup.events`) ?? '')
    return { file, freeze: '1', thaw: '0', isFrozen: frozen, isThawed: () => sys.readShort(file) !== '1\n' }
  }
  const file = `${ROOT}/freezer${group}/freezer.state`
  const state = () => sys.readShort(file)?.trim() ?? 'THAWED'
  const isThawed = () => state() === 'THAWED'
  return { file, freeze: 'FROZEN', thaw: 'THAWED', isFrozen: () => state() === 'FROZEN', isThawed }
}

/** For sh(1): what to write, and where, once standard input has ended. */
const GUARD = 'cat; echo "$1" >"$2"'

/** What an agent that was killed together with its guard has left standing. Harmless when nothing is. */
export function letGo(sys: Sys, veid: number): void {
  const { file, thaw, isThawed } = freezerOf(sys, veid)
  if (!isThawed()) sys.write(file, thaw)
}

/** v1 may have to be told again: of a process that came in while it was at it. */
function freeze(sys: Sys, veid: number, { file, freeze: word, isFrozen }: Freezer): void {
  const until = sys.now() + WAIT_MS
  for (sys.write(file, word); !isFrozen(); sys.write(file, word)) {
    if (sys.now() > until) {
      const text = `The processes of VE ${veid} do not stand still: one waits within the kernel, for a disk or a server.`
      throw new Problem('conflict', text)
    }
    sys.sleep(POLL_MS)
  }
}

/** Of a VE that runs. Throws `conflict` when it cannot be brought to it; it goes on then. */
export function whileStill<T>(sys: Sys, veid: number, work: () => T): T {
  const freezer = freezerOf(sys, veid)
  const guard = sys.hold(['sh', '-c', GUARD, 'guard', freezer.thaw, freezer.file])
  try {
    if (!guard.held()) throw new Problem('agent-failed', 'What lets the VE go on could not be started.')
    freeze(sys, veid, freezer)
    return work()
  } finally {
    letGo(sys, veid)
    guard.release()
  }
}
