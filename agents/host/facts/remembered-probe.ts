/** Probes that are asked for with each VE that is made: what was found by trying holds until the host boots again. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ensureDirectory } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { isUntried, type Reason, type Untried } from './probe.ts'

const FOLDER = `${HOST_PATHS.run}/probed`

/** A file per name: empty when it works, else the reason. What could not be tried is tried again by who asks next. */
export function remembered(sys: Sys, name: string, probe: (sys: Sys) => Reason | Untried): Reason {
  const file = `${FOLDER}/${name}`
  const known = sys.read(file)
  if (known !== null) return known === '' ? null : known
  const reason = probe(sys)
  if (isUntried(reason)) return reason.untried
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  ensureDirectory(sys, FOLDER)
  sys.write(file, reason ?? '')
  return reason
}

/** For who asks what the host can do now: modules and file systems come and go. */
export function forgetProbes(sys: Sys): void {
  for (const name of sys.list(FOLDER)) sys.remove(`${FOLDER}/${name}`)
}
