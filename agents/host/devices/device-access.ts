/** Tells the device cgroup of a running VE what it may open. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { veCgroup } from '../paths.ts'
import { cgroupVersion, ROOT } from '../resources/cgroup.ts'
import { type DeviceRule, ociDevices, ruleLine } from '../resources/devices.ts'
import { CRUN, container } from '../runtime/crun-names.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** `now`: all that it has been granted from here on. `before`: what it may have been granted until here. */
export type AccessChange = { before: readonly DeviceRule[]; now: readonly DeviceRule[] }

const rule = ({ type, major, minor, access }: DeviceRule): DeviceRule => ({ type, major, minor, access })

function change1(sys: Sys, veid: number, { before, now }: AccessChange): void {
  const folder = `${ROOT}/devices${veCgroup(veid)}`
  if (sys.stat(folder) === null) return
  // All that might have been allowed: a rule takes away of another one only the access that both name.
  for (const each of before) sys.write(`${folder}/devices.deny`, ruleLine({ ...each, access: 'rwm' }))
  for (const each of now) sys.write(`${folder}/devices.allow`, ruleLine(each))
}

/** crun replaces the BPF program by one with the new list, in one step (BPF_F_REPLACE), or adds the new before it takes the old away. */
function change2(
  sys: Sys,
  { veid, features }: Pick<VeSpec, 'veid' | 'features'>,
  now: readonly DeviceRule[],
): void {
  const file = `${HOST_PATHS.run}/ve${veid}.devices.json`
  sys.write(file, JSON.stringify(ociDevices(2, features, now.map(rule))))
  try {
    mustRun(sys, [...CRUN, 'update', `--resources=${file}`, container(veid)])
  } finally {
    sys.remove(file)
  }
}

export function changeAccess(sys: Sys, spec: Pick<VeSpec, 'veid' | 'features'>, change: AccessChange): void {
  if (change.before.length === 0 && change.now.length === 0) return
  if (cgroupVersion(sys) === 1) change1(sys, spec.veid, change)
  else change2(sys, spec, change.now)
}
