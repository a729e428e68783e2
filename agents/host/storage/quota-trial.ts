/** Whether a file system's quota limits anything: a kernel may take all the options and enforce none. Tried by hitting a limit. */
import type { Reason } from '../facts/probe.ts'
import type { Sys } from '../sys/sys.ts'
import { setGrace, setProjectLimits } from './quota-tools.ts'

const NOBODY = '65534'
const NO_LIMITS = { softBytes: 0, hardBytes: 0, softInodes: 0, hardInodes: 0 }
/** More than is there already, fewer than are made. */
const INODES = 16
const GRACE_SECONDS = 1
const GRACE_WAIT_MS = 2_100

/** `at`: where it is mounted; `box`: an empty directory of the project there, which everybody may write to. */
export type Trial = { at: string; project: number; box: string }

/** As somebody without privileges: root may exceed limits. The directories above the box need not be open to him. */
function touch(sys: Sys, { box }: Trial, names: readonly string[]): boolean {
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
  return sys.run([...asNobody, 'touch', ...names], { cwd: box }).code === 0
}

const names = (kind: string) => Array.from({ length: INODES }, (_, n) => `${kind}${n}`)

export function triesHardLimit(sys: Sys, trial: Trial): Reason {
  const { at, project } = trial
  if (!touch(sys, trial, ['first'])) return 'Files cannot be made where quota is tried.'
  setProjectLimits(sys, at, project, { ...NO_LIMITS, hardInodes: INODES })
  const refused = !touch(sys, trial, names('hard'))
  setProjectLimits(sys, at, project, NO_LIMITS)
  return refused ? null : 'The kernel takes a limit on inodes and does not hold it.'
}

/** Leaves the grace period changed: for a file system that nobody else uses. */
export function triesSoftLimit(sys: Sys, trial: Trial): Reason {
  const { at, project } = trial
  setGrace(sys, at, GRACE_SECONDS)
  setProjectLimits(sys, at, project, { ...NO_LIMITS, softInodes: 1 })
  if (!touch(sys, trial, names('soft'))) return 'The kernel takes a soft limit for a hard one.'
  sys.sleep(GRACE_WAIT_MS)
  const refused = !touch(sys, trial, ['late'])
  setProjectLimits(sys, at, project, NO_LIMITS)
  return refused ? null : 'The kernel lets a soft limit be exceeded for ever.'
}
