import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ID_RANGE_SIZE, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { runInside } from '../run-inside.ts'
import { makeMonitorGroup } from '../runtime/monitor-group.ts'
import { ensureDirectory } from '../sys/files.ts'
import { interpreter } from '../sys/interpreter.ts'
import { mustRun } from '../sys/run.ts'
import { ENVIRONMENT, type Sys } from '../sys/sys.ts'
import { GUEST_TOOL } from './guest-tool.ts'
import { LISTENER_SCRIPT } from './listener-script.ts'
import { hasShim, SHIM_INSIDE, shimPaths } from './shim-paths.ts'

type Subject = Pick<VeSpec, 'veid' | 'idBase' | 'namespaces' | 'limits'>

/** Before the VE is made: what is to be mounted in it has to be there. */
export function prepareShim(sys: Sys, spec: Subject): void {
  if (!hasShim(spec)) return
  const { folder, tool } = shimPaths(spec.veid)
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  ensureDirectory(sys, `${HOST_PATHS.run}/quota`, 0o711)
  ensureDirectory(sys, folder, 0o755)
  sys.write(tool, GUEST_TOOL, 0o755)
}

/** In places that come before the guest's own programs of that name, which could not set anything; what is there stays. */
const LINKS = ['/usr/local/bin/quota', '/usr/local/sbin/repquota', '/usr/local/sbin/setquota'] as const

/** Of a VE that was made and does not run yet, its monitor's control group being there. A VE that takes no links does without. */
export function startShim(sys: Sys, spec: Subject, initPid: number): void {
  if (!hasShim(spec)) return
  const { socket } = shimPaths(spec.veid)
  const agent = [...interpreter(sys), HOST_PATHS.agent, 'quota-shim', String(spec.veid)]
  const words = [socket, String(spec.idBase), String(ID_RANGE_SIZE), ...agent]
  mustRun(sys, ['perl', '-e', LISTENER_SCRIPT, ...words], {
    env: { ...ENVIRONMENT, CORRAL_PROCS: makeMonitorGroup(sys, spec.veid).join(' ') },
    outputFile: '/dev/null',
  })
  for (const link of LINKS) runInside(sys, spec, initPid, 'link', [link, `${SHIM_INSIDE}/tool`])
}

/** The listener went with the monitor's control group. Harmless when there is nothing. */
export function removeShim(sys: Sys, veid: number): void {
  const { folder } = shimPaths(veid)
  for (const name of sys.list(folder)) sys.remove(`${folder}/${name}`)
  sys.remove(folder)
  sys.remove(`${HOST_PATHS.run}/quota`)
}
