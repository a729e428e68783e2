/**
 * Brings a VE back from a checkpoint, under a monitor of its own, by crun and CRIU. CRIU makes the namespace of users, as root: it can
 * join none. What the kernel counts for whoever made one (user-namespace.ts) a restored VE therefore shares with the host's root and
 * with other restored VEs, until it is started anew; each is still held to limits of its own.
 */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { RESTORE_LOG } from '../checkpoint/checkpoint-paths.ts'
import { lastErrors } from '../checkpoint/criu-log.ts'
import {
  criuConfig,
  dumpSettings,
  hostMounts,
  manageCgroups,
  restoreSettings,
} from '../checkpoint/criu-settings.ts'
import { holdScript, takeHeld } from '../checkpoint/freezer.ts'
import { prepareEquipment } from '../equipment.ts'
import { storeMade } from '../made.ts'
import { veCgroup, vePaths } from '../paths.ts'
import { cgroupVersion, makeCgroup } from '../resources/cgroup.ts'
import { restrictDevicesV1 } from '../resources/devices.ts'
import { applyLimits } from '../resources/live-limits.ts'
import { ensureDirectory } from '../sys/files.ts'
import { tail } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { restoreMonitored } from './conmon.ts'
import { criuFiles } from './criu-files.ts'
import { containerConfig, watchCreation } from './made-container.ts'
import { boundMonitor } from './monitor-group.ts'
import type { RestoreFrom } from './runtime.ts'

/** Where the host's mounts come from on this host now. */
function mountSources(veid: number, places: readonly string[], here: Record<string, string>) {
  return Object.fromEntries(
    places.map((place) => {
      const source = here[place]
      if (source !== undefined) return [place, source]
      const text = `VE ${veid} had something of the host mounted on ${place} that this host does not have now.`
      throw new Problem('restore-failed', text)
    }),
  )
}

function failed(sys: Sys, folder: string, error: unknown): Problem {
  const log = sys.read(`${folder}/${RESTORE_LOG}`) ?? ''
  const said = lastErrors(log)
  const problem = Problem.from(error)
  const text = said === null ? problem.detail : `CRIU: ${said}.`
  return new Problem('restore-failed', text, {
    context: { ...problem.context, logTail: tail(log) },
    cause: error,
  })
}

export function restore(sys: Sys, spec: VeSpec, { folder, mounts, devices }: RestoreFrom): number {
  const { veid } = spec
  const { bundle } = vePaths(veid)
  const files = criuFiles(veid)
  prepareEquipment(sys, spec)
  ensureDirectory(sys, bundle, 0o711)
  const config = containerConfig(sys, spec, { rescue: false })
  const sources = mountSources(veid, mounts, hostMounts(config))
  sys.write(files.mounts, JSON.stringify(mounts), 0o600)
  sys.write(files.script, holdScript(sys, veid), 0o700)
  sys.write(files.settings, restoreSettings(sources, devices, files.script), 0o600)
  sys.write(`${bundle}/config.json`, JSON.stringify(criuConfig(config, files.settings)), 0o600)
  storeMade(sys, spec)
  makeCgroup(sys, veCgroup(veid))
  const pid = restoreFrozen(sys, spec, folder, files.script)
  sys.write(files.settings, dumpSettings(mounts), 0o600) // what holds from now on, for whoever calls crun
  if (cgroupVersion(sys) === 1) restrictDevicesV1(sys, veCgroup(veid), spec.features)
  applyLimits(sys, spec)
  boundMonitor(sys, veid)
  return pid
}

function restoreFrozen(sys: Sys, spec: VeSpec, folder: string, script: string): number {
  const options = [
    `--work-path=${folder}`,
    '--tcp-established',
    '--file-locks',
    manageCgroups(cgroupVersion(sys)),
  ]
  sys.remove(`${folder}/${RESTORE_LOG}`)
  try {
    const pid = watchCreation(sys, spec.veid, 'restore', (log) =>
      restoreMonitored(sys, spec, log, { folder, options }),
    )
    if (takeHeld(sys, spec.veid)) return pid
    throw new Problem('restore-failed', `VE ${spec.veid} did not stand still once restored.`)
  } catch (error) {
    throw failed(sys, folder, error)
  } finally {
    sys.remove(script)
  }
}
