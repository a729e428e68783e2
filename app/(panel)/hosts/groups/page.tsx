import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { hostGroupListQuery, listHostGroups } from '@/lib/host-groups/queries.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { HostGroupForm } from '../../../_components/hosts/host-group-form.tsx'
import { HostGroupTable } from '../../../_components/hosts/host-group-table.tsx'
import { ListControls } from '../../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../../_components/lists/list-params.ts'
import { Pager } from '../../../_components/lists/pager.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { Empty } from '../../../_ui/empty.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Groups of hosts' }

const IN_LIST = { limit: 200 }

export default async function HostGroupsPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  if (!canAtProvider(viewer, 'host:read')) notFound()
  const state = await listState(hostGroupListQuery, searchParams)
  const [page, hosts] = await Promise.all([
    readPage(state, (query) => listHostGroups(viewer, query)),
    listHosts(viewer, IN_LIST),
  ])
  const choices = hosts.items.map(({ id, name }) => ({ id, name }))
  const reason = canAtProvider(viewer, 'host:manage')
    ? null
    : 'Your role does not allow you to change groups.'
  return (
    <>
      <Live topics={['host-group', 'host', 'addresses']} />
      <PageHeader
        trail={<Crumb href={paths.hosts()}>Hosts</Crumb>}
        title="Groups of hosts"
        note="Hosts of a group share address pools. A host is in one group at most."
      />
      <ListControls searchLabel="Search groups" filters={[]} />
      <div className="mb-6 rounded-lg border border-line bg-surface-raised">
        {page.items.length === 0 ? (
          <Empty title={state.params.q ? 'Nothing matches' : 'No group yet'}>Make the first one below.</Empty>
        ) : (
          <HostGroupTable groups={page.items} hosts={choices} disabledReason={reason} />
        )}
        <Pager path={paths.hostGroups()} params={state.params} shown={page.items.length} {...page} />
      </div>
      <Section title="New group">
        <HostGroupForm group={null} hosts={choices} disabledReason={reason} />
      </Section>
    </>
  )
}
