import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { ARCH } from '@/lib/contract/arch.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { paths } from '@/lib/paths.ts'
import { listTemplates } from '@/lib/templates/queries.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { HOST_STATUS } from '../../../_components/hosts/host-status.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { buttonClass } from '../../../_ui/button-class.ts'
import { Empty } from '../../../_ui/empty.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { VeForm } from './form.tsx'

export const metadata: Metadata = { title: 'Create VE' }

const IN_MENU = { limit: 200 }

export default async function VeNewPage() {
  const viewer = await requireViewer()
  const [hosts, templates] = await Promise.all([listHosts(viewer, IN_MENU), listTemplates(viewer, IN_MENU)])
  const usable = templates.items.filter((template) => template.caches.length > 0)
  return (
    <>
      <Live topics={['template', 'host']} />
      <PageHeader trail={<Crumb href={paths.ves()}>VEs</Crumb>} title="Create VE" />
      {usable.length === 0 ? (
        <Empty
          title="No template is ready yet"
          action={
            <Link href={paths.templates()} className={buttonClass()}>
              To the templates
            </Link>
          }
        >
          A VE is made from a template that has been built on a host. This page goes on by itself when one is
          ready.
        </Empty>
      ) : (
        <VeForm
          provider={canAtProvider(viewer, 've:create')}
          templates={usable.map((template) => ({
            id: template.id,
            label: `${template.name} · ${ARCH[template.arch].label}`,
            hostIds: template.caches.map((cache) => cache.host.id),
          }))}
          hosts={hosts.items.map((host) => ({
            id: host.id,
            label: `${host.name}${host.simulated ? ' (simulated)' : ''}`,
            room: room(host),
            obstacle: host.status === 'online' ? null : HOST_STATUS[host.status].label.toLowerCase(),
          }))}
        />
      )}
    </>
  )
}

function room(host: {
  memoryBytes: number | null
  memoryPromisedBytes: number
  diskFreeBytes: number | null
}) {
  const parts = [
    host.memoryBytes === null
      ? null
      : `memory ${formatBytes(host.memoryPromisedBytes)} of ${formatBytes(host.memoryBytes)} promised`,
    host.diskFreeBytes === null ? null : `${formatBytes(host.diskFreeBytes)} disk free`,
  ]
  return parts.filter(Boolean).join(', ')
}
