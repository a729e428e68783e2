import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { stackedProfile } from './apparmor-profile.ts'
import { ociCapabilities } from './capabilities.ts'
import type { HostShape } from './oci-spec.ts'
import { ociRlimits } from './rlimits.ts'

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  TERM: 'linux',
  container: 'corral',
}

/** What runs: init as root, or the one program of an application. */
function program({ application }: VeSpec): Record<string, unknown> {
  const env = { ...ENVIRONMENT, ...application?.environment }
  return {
    user: { uid: application?.uid ?? 0, gid: application?.gid ?? 0 },
    args: application?.command ?? ['/sbin/init'],
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    cwd: application?.workingDirectory ?? '/',
  }
}

/** OCI's process. Who is the host's root gains nothing from a setuid program either. */
export function ociProcess(spec: VeSpec, host: HostShape): Record<string, unknown> {
  return {
    terminal: false,
    ...program(spec),
    noNewPrivileges: !spec.namespaces.includes('user'),
    oomScoreAdj: host.oomScore,
    capabilities: ociCapabilities(spec),
    rlimits: ociRlimits(host.rlimits),
    ...(host.apparmor ? { apparmorProfile: stackedProfile(spec.veid) } : {}),
  }
}
