/** Probes that are asked for with each VE that is made: what was found by trying holds until the host boots again. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ensureDirectory } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import type { Probe, Reason } from './probe.ts'

const FOLDER = `${HOST_PATHS.run}/probed`

/** A file per name: empty when it works, else the reason. */
export function remembered(sys: Sys, name: string, probe: Probe): Reason {
  const file = `${FOLDER}/${name}`
  const known = sys.read(file)
  if (known !== null) return known === '' ? null : known
  const reason = probe(sys)
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  ensureDirectory(sys, FOLDER)
  sys.write(file, reason ?? '')
  return reason
}

/** For who asks what the host can do now: modules and file systems come and go. */
export function forgetProbes(sys: Sys): void {
  for (const name of sys.list(FOLDER)) sys.remove(`${FOLDER}/${name}`)
}
