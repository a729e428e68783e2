import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { vePaths } from '../paths.ts'

/** What one boot of a VE leaves while it runs, root's alone, gone with a reboot of the host; and the logs, which last. */
export function monitorPaths(veid: number) {
  const folder = `${HOST_PATHS.run}/monitor/ve${veid}`
  const { home } = vePaths(veid)
  return {
    folder,
    /** Names this boot: an exit command of an earlier one finds another name, or none. */
    boot: `${folder}/boot`,
    /** conmon writes how init ended to a file named as the container. */
    exits: `${folder}/exit`,
    /** What init wrote to its console, as conmon's k8s-file: "<time> <stream> <F|P> <text>"; P has no line end of its own. */
    log: `${home}/boot.log`,
    /** The same of the boot before. */
    previousLog: `${home}/boot.log.1`,
  }
}
