import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PackageSet } from './lab-state.ts'

/** Lab hosts have the cgroups of this machine, and their Debian's lxcfs knows version 2 only. */
function needsOldLxcfs(packages: PackageSet): boolean {
  return packages === 'full' && /^\d+:[a-z]/m.test(readFileSync('/proc/self/cgroup', 'utf8'))
}

/** What mmdebstrap(1) is told for it; nothing where the distribution's own will do. */
export function oldLxcfsOptions(packages: PackageSet): string[] {
  if (!needsOldLxcfs(packages)) return []
  return [`--customize-hook=${fileURLToPath(new URL('old-lxcfs.sh', import.meta.url))}`]
}
