import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { buildObstacle, hostLabel } from '../../../_components/templates/template-builders.ts'
import { buttonClass } from '../../../_ui/button-class.ts'
import { Empty } from '../../../_ui/empty.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { TemplateForm } from './form.tsx'

export const metadata: Metadata = { title: 'New template' }

export default async function TemplateNewPage() {
  const viewer = await requireViewer()
  const hosts = await listHosts(viewer, { limit: 200 })
  return (
    <>
      <Live topics={['host']} />
      <PageHeader trail={<Crumb href={paths.templates()}>Templates</Crumb>} title="New template" />
      {hosts.items.length === 0 ? (
        <Empty
          title="There is no host to build it on"
          action={
            <Link href={paths.hostNew()} className={buttonClass('primary')}>
              Add host
            </Link>
          }
        >
          Templates are built on your hosts.
        </Empty>
      ) : (
        <TemplateForm
          hosts={hosts.items.map((host) => ({
            id: host.id,
            label: hostLabel(host),
            arch: host.arch,
            obstacle: buildObstacle(host, null),
          }))}
        />
      )}
    </>
  )
}
