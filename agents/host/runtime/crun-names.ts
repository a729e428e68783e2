import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'

/** crun's default state directory: what an admin's own `crun list` shows too. */
export const CRUN_STATE = '/run/crun'
export const CRUN = ['crun', '--cgroup-manager=cgroupfs'] as const

export function container(veid: number): string {
  return `ve${veid}`
}

/** Where crun writes what it says while it makes a VE. An agent that is killed meanwhile leaves it. */
export function creationLog(veid: number): string {
  return `${HOST_PATHS.run}/${container(veid)}.crun.log`
}
