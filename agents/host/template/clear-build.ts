import { CGROUP_PARENT, cacheImage } from '../paths.ts'
import { clearConfinement } from '../resources/confine.ts'
import type { Sys } from '../sys/sys.ts'
import { removeArea } from './build-area.ts'

/** The control group of a build: what makes the template, and the agent that waits for it. */
export function buildCgroup(cache: string): string {
  return `${CGROUP_PARENT}/build-${cache}`
}

/** Ends a build of which anything is left, and removes what it made. To be called by who holds the template's lock. */
export function clearBuild(sys: Sys, cache: string): void {
  clearConfinement(sys, buildCgroup(cache))
  removeArea(sys, cache)
  sys.remove(`${cacheImage(cache)}.new`)
}
