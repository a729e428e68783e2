import { ARCH, type Arch, archRuns } from '@/lib/contract/arch.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { HOST_STATUS } from '../hosts/host-status.tsx'

/** Why a host cannot build a template of this architecture now; null when it can. The server judges again. */
export function buildObstacle(host: HostResource, arch: Arch | null): string | null {
  if (host.status !== 'online') return HOST_STATUS[host.status].label.toLowerCase()
  if (arch !== null && host.arch !== null && !archRuns(host.arch, arch)) return `is ${ARCH[host.arch].label}`
  const building = host.capabilities?.['template-build']
  if (building && !building.available) return building.reason ?? 'cannot build templates'
  return null
}

export const hostLabel = (host: Pick<HostResource, 'name' | 'simulated'>) =>
  host.simulated ? `${host.name} (simulated)` : host.name
