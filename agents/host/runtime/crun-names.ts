/** crun's default state directory: what an admin's own `crun list` shows too. */
export const CRUN_STATE = '/run/crun'
export const CRUN = ['crun', '--cgroup-manager=cgroupfs'] as const

export function container(veid: number): string {
  return `ve${veid}`
}
