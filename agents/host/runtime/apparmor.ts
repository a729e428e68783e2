import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { hasProgram } from '../facts/tools.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { profileName, profileText } from './apparmor-profile.ts'

const POLICY = '/sys/kernel/security/apparmor/policy/namespaces'

/** Why VEs are not confined by AppArmor here, in words for people; null when they are. */
export function appArmorReason(sys: Sys): string | null {
  if (sys.read('/sys/module/apparmor/parameters/enabled')?.trim() !== 'Y')
    return 'The kernel runs without AppArmor.'
  if (!hasProgram(sys, 'apparmor_parser')) return 'Not installed: apparmor_parser (package apparmor).'
  return sys.stat(POLICY) === null
    ? 'securityfs is not mounted, or the kernel has no AppArmor namespaces.'
    : null
}

/** Before the VE is made. Loads its profile, or replaces it, and makes its policy namespace. False where there is no AppArmor. */
export function loadProfile(sys: Sys, spec: Pick<VeSpec, 'veid' | 'namespaces'>): boolean {
  if (appArmorReason(sys) !== null) return false
  sys.mkdir(`${POLICY}/${profileName(spec.veid)}`, 0o755)
  mustRun(sys, ['apparmor_parser', '--replace', '--skip-cache'], { stdin: profileText(spec) })
  return true
}

/** Once nothing of the VE runs. The namespace goes with all that was loaded into it. Harmless when there is nothing. */
export function removeProfile(sys: Sys, veid: number): void {
  if (appArmorReason(sys) !== null) return
  const name = profileName(veid)
  if (sys.stat(`${POLICY}/${name}`) === null) return
  mustRun(sys, ['apparmor_parser', '--remove'], { stdin: `profile "${name}" {}\n` })
  sys.remove(`${POLICY}/${name}`)
}
