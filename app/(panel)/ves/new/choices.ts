/** What the form of a new VE offers. */
import type { Viewer } from '@/lib/auth/viewer.ts'
import { ARCH } from '@/lib/contract/arch.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import type { VeLimits } from '@/lib/contract/ve-limits.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { listPlans } from '@/lib/plans/queries.ts'
import type { PlanResource } from '@/lib/plans/resource.ts'
import { listTemplates } from '@/lib/templates/queries.ts'
import type { TemplateResource } from '@/lib/templates/resource.ts'
import { HOST_STATUS } from '../../../_components/hosts/host-status.tsx'
import { type HostMeans, meansOf } from '../../../_components/ves/host-means.ts'
import type { PoolChoice } from '../../../_components/ves/interface-fields.tsx'
import { interfacePools } from '../../../_components/ves/interface-pools.ts'

export type TemplateChoice = { id: string; label: string; init: 'sysvinit' | 'systemd'; hostIds: string[] }
/** `obstacle` says why it cannot be chosen. */
export type HostChoice = HostMeans & {
  id: string
  label: string
  room: string
  cgroupVersion: 1 | 2 | null
  obstacle: string | null
}
export type PlanChoice = { id: string; label: string; description: string; limits: VeLimits }
export type VeFormChoices = {
  templates: TemplateChoice[]
  hosts: HostChoice[]
  pools: PoolChoice[]
  plans: PlanChoice[]
}

const IN_MENU = { limit: 200 }

/** Templates that are on some host. Who may not see hosts and pools gets none of them to choose from. */
export async function veFormChoices(viewer: Viewer): Promise<VeFormChoices> {
  const [hosts, templates, plans] = await Promise.all([
    listHosts(viewer, IN_MENU),
    listTemplates(viewer, IN_MENU),
    listPlans(viewer, IN_MENU),
  ])
  return {
    templates: templates.items.filter(({ caches }) => caches.length > 0).map(templateChoice),
    hosts: hosts.items.map(hostChoice),
    pools: await interfacePools(viewer, hosts.items),
    plans: plans.items.map(planChoice),
  }
}

const templateChoice = ({ id, name, arch, definition, caches }: TemplateResource): TemplateChoice => ({
  id,
  label: `${name} · ${ARCH[arch].label}`,
  init: definition.init,
  hostIds: caches.map(({ host }) => host.id),
})

const planChoice = ({ id, name, description, latest }: PlanResource): PlanChoice => ({
  id,
  label: `${name}, version ${latest.number}`,
  description,
  limits: latest.limits,
})

const hostChoice = (host: HostResource): HostChoice => ({
  ...meansOf(host),
  id: host.id,
  label: `${host.name}${host.simulated ? ' (simulated)' : ''}`,
  room: room(host),
  cgroupVersion: host.facts?.cgroupVersion ?? null,
  obstacle: host.status === 'online' ? null : HOST_STATUS[host.status].label.toLowerCase(),
})

function room({ memoryBytes, memoryPromisedBytes, diskFreeBytes }: HostResource): string {
  const parts = [
    memoryBytes === null
      ? null
      : `Memory: ${formatBytes(memoryPromisedBytes)} of ${formatBytes(memoryBytes)} promised.`,
    diskFreeBytes === null ? null : `Disk: ${formatBytes(diskFreeBytes)} free.`,
  ]
  return parts.filter(Boolean).join(' ')
}
