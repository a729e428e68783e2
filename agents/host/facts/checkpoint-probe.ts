/** Whether VEs can be written down and brought back here. */
import { ARCH, archFromUname } from '../../../lib/contract/arch.ts'
import type { Sys } from '../sys/sys.ts'
import { machineOf } from './machine.ts'
import { type Reason, toolsReason, works } from './probe.ts'

/** crun is built with or without it, and loads the library when it is asked. */
function crunReason(sys: Sys): Reason {
  const without = /-CRIU\b/.test(sys.run(['crun', '--version']).stdout)
  return without ? 'crun was built without CRIU on this host.' : null
}

/** Cheap: what has to be installed, and that is there. */
export function checkpointReason(sys: Sys): Reason {
  const arch = archFromUname(machineOf(sys))
  if (arch === null || !ARCH[arch].criu) return `CRIU does not exist for ${machineOf(sys)}.`
  return toolsReason(sys, ['criu', 'libcriu.so.2', 'iptables']) ?? crunReason(sys)
}

/** By CRIU's own check of the kernel, too. */
export function probeCheckpoint(sys: Sys): Reason {
  return checkpointReason(sys) ?? works(sys, ['criu', 'check'], 'criu check fails')
}
