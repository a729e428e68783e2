/** Which hosts Corral takes: judged from what enrolment found, before anything is changed there. */
import { archFromUname } from '../contract/arch.ts'
import { HOST_TOOL_NAMES, HOST_TOOLS, type HostTool } from '../contract/host-facts.ts'
import { Problem } from '../contract/problem.ts'
import { formatBytes, GIB } from '../contract/units.ts'
import type { Inspection } from '../operations/host-access.ts'

export type Verdict = { missing: HostTool[] }

/** openat2, clone3 and time namespaces: what crun and user namespaces lean on. */
const KERNEL_MIN = [5, 10] as const
/** Packages need about 300 MiB, a template cache and one VE at least a GiB. */
const ROOT_FREE_MIN = 0.5 * GIB
const VZ_FREE_MIN = 1 * GIB

/** What is to be installed; throws `no-root`, `unsupported-host`, `no-disk-space` or `missing-packages`. */
export function judgeHost(found: Inspection): Verdict {
  if (found.root === 'none')
    throw new Problem('no-root', 'The user has no root rights, and sudo does not give them.')
  const faults = kernelFaults(found)
  if (faults.length > 0) throw new Problem('unsupported-host', faults.join(' '))
  checkDisk('/', found.rootFreeBytes, ROOT_FREE_MIN)
  checkDisk('/vz', found.vzFreeBytes, VZ_FREE_MIN)
  const missing = HOST_TOOL_NAMES.filter((tool) => !found.tools[tool])
  if (found.packageManager === 'apt-get') return { missing }
  refusePackages(found, missing)
  return { missing: [] }
}

function kernelFaults(found: Inspection): string[] {
  const faults: string[] = []
  if (archFromUname(found.machine) === null)
    faults.push(`The architecture ${found.machine} is unknown to Corral.`)
  if (!kernelAtLeast(found.kernel, KERNEL_MIN))
    faults.push(`Linux ${found.kernel} is too old: ${KERNEL_MIN.join('.')} or later is needed.`)
  if (found.cgroups === 'none') faults.push('No cgroups are mounted in /sys/fs/cgroup.')
  if (!found.userNamespaces)
    faults.push('The kernel has user namespaces switched off (user.max_user_namespaces).')
  return faults
}

function kernelAtLeast(kernel: string, [major, minor]: readonly [number, number]): boolean {
  const match = /^(\d+)\.(\d+)/.exec(kernel)
  if (!match) return false
  const [has, hasMinor] = [Number(match[1]), Number(match[2])]
  return has > major || (has === major && hasMinor >= minor)
}

function checkDisk(where: string, free: number, least: number) {
  if (free >= least) return
  const detail = `${where} has ${formatBytes(free)} free; at least ${formatBytes(least)} are needed.`
  throw new Problem('no-disk-space', detail, { context: { path: where, free, least } })
}

/** Only apt is driven; elsewhere the admin installs what is named. What is merely useful may be missing. */
function refusePackages(found: Inspection, missing: HostTool[]) {
  const required = missing.filter((tool) => HOST_TOOLS[tool].required)
  if (required.length === 0) return
  const names = required.map(
    (tool) => `${tool} (${HOST_TOOLS[tool].why}; Debian’s package ${HOST_TOOLS[tool].package})`,
  )
  const manager = found.packageManager ? `by ${found.packageManager}` : 'here'
  throw new Problem(
    'missing-packages',
    `Corral does not install packages ${manager}. Missing: ${names.join(', ')}.`,
    {
      context: { missing: required },
    },
  )
}
