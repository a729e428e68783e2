/** Probes that are asked for with each VE that is made: what worked once works until the host boots again. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ensureDirectory } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import type { Probe, Reason } from './probe.ts'

const FOLDER = `${HOST_PATHS.run}/probed`

/** A failure is not remembered: what is missing may be installed. */
export function remembered(sys: Sys, name: string, probe: Probe): Reason {
  const file = `${FOLDER}/${name}`
  if (sys.stat(file) !== null) return null
  const reason = probe(sys)
  if (reason !== null) return reason
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  ensureDirectory(sys, FOLDER)
  sys.write(file, '')
  return null
}
