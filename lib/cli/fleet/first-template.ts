import type { HostResource } from '../../hosts/resource.ts'
import type { OperationResource } from '../../operations/resource.ts'
import type { TemplateCreateInput, TemplateResource } from '../../templates/resource.ts'
import type { Fleet } from './fleet.ts'
import type { PanelApi } from './panel-api.ts'

const NAME = 'debian-13'
/** What a small server wants beyond Debian's minimal system. */
const PACKAGES = ['openssh-server', 'iproute2', 'iputils-ping', 'procps', 'nano', 'less', 'ca-certificates']

export const templateStep = { key: 'template', label: `Template ${NAME}` }

type Started = { operation: OperationResource }
type Created = { operations: OperationResource[] }

/** The Debian template, on every host that can run it. Sysvinit: it runs with either version of cgroups. */
export function ensureFirstTemplate({ api, progress }: Fleet, hosts: HostResource[]) {
  const { key, label } = templateStep
  const report = (detail: string) => progress.running(key, label, detail)
  const make = async () => {
    const arch = hosts.find((host) => host.arch)?.arch
    if (!arch) throw new Error('no host of a known architecture is online')
    const hostIds = hosts.filter((host) => host.arch === arch).map((host) => host.id)
    const known = (await api.list<TemplateResource>('/templates')).find(({ name }) => name === NAME)
    const missing = hostIds.filter((id) => !known?.caches.some((cache) => cache.host.id === id))
    if (missing.length === 0) return
    const definition = {
      family: 'debian',
      suite: 'trixie',
      arch,
      init: 'sysvinit',
      packages: PACKAGES,
    } as const
    const input: TemplateCreateInput = { name: NAME, definition, hostIds: missing }
    const operations = known ? await buildOn(api, known.id, missing) : await create(api, input)
    const follow = ({ id, host }: OperationResource) =>
      api.follow(id, (now) => report(`${host?.name}: ${now}`))
    await Promise.all(operations.map(follow))
  }
  return progress.step(key, label, make, () => `on ${hosts.map(({ name }) => name).join(', ')}`)
}

const create = async (api: PanelApi, input: TemplateCreateInput) =>
  (await api.post<Created>('/templates', input)).operations

const buildOn = (api: PanelApi, templateId: string, hostIds: string[]) =>
  Promise.all(
    hostIds.map(async (hostId) => {
      return (await api.post<Started>(`/templates/${templateId}/builds`, { hostId })).operation
    }),
  )
