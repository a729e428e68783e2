/** What a checkpoint leans on of the host that made it. */
import type { MoveOrigin } from '../../../lib/contract/moves.ts'
import { machineOf } from '../facts/machine.ts'
import { cgroupVersion } from '../resources/cgroup.ts'
import type { Sys } from '../sys/sys.ts'

/** x86 says "flags", Arm "Features"; Power says only which processor it is. */
function cpuFlags(sys: Sys): string[] {
  const text = sys.read('/proc/cpuinfo') ?? ''
  const flags = /^(?:flags|Features)\s*:\s*(.+)$/m.exec(text)?.[1]
  const words = flags ?? /^cpu\s*:\s*(\S+)/m.exec(text)?.[1] ?? ''
  return [...new Set(words.trim().split(/\s+/))].filter((word) => word !== '').sort()
}

export function originOf(sys: Sys): MoveOrigin {
  return {
    machine: machineOf(sys),
    kernel: (sys.read('/proc/sys/kernel/osrelease') ?? '').trim(),
    criu: /^Version: (.*)$/m.exec(sys.run(['criu', '--version']).stdout)?.[1] ?? null,
    cpuFlags: cpuFlags(sys),
    cgroupVersion: cgroupVersion(sys),
  }
}
