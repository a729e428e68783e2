import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { hostListQuery, listHosts } from '@/lib/hosts/queries.ts'
import { paths } from '@/lib/paths.ts'
import { HOST_STATUS } from '../../_components/hosts/host-status.tsx'
import { HostTable } from '../../_components/hosts/host-table.tsx'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { NewLink } from '../../_components/new-link.tsx'
import { buttonClass } from '../../_ui/button-class.ts'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Hosts' }

const FILTERS = [
  {
    name: 'status',
    label: 'Status',
    options: Object.entries(HOST_STATUS).map(([status, { label }]) => [status, label] as const),
  },
]

export default async function HostsPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(hostListQuery, searchParams)
  const page = await readPage(state, (query) => listHosts(viewer, query))
  const add = (
    <NewLink viewer={viewer} permission="host:manage" href={paths.hostNew()}>
      Add host
    </NewLink>
  )
  const untouched = Object.keys(state.params).length === 0
  return (
    <>
      <Live topics={['host', 've']} />
      <PageHeader
        title="Hosts"
        actions={
          <>
            {canAtProvider(viewer, 'host:read') ? (
              <Link href={paths.hostGroups()} prefetch={false} className={buttonClass()}>
                Groups
              </Link>
            ) : null}
            {canAtProvider(viewer, 've:move') ? (
              <Link href={paths.hostBalance()} prefetch={false} className={buttonClass()}>
                Balance
              </Link>
            ) : null}
            {add}
          </>
        }
      />
      <ListControls searchLabel="Search hosts" filters={FILTERS} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length > 0 ? (
          <HostTable hosts={page.items} order={{ path: paths.hosts(), sort: state.query.sort ?? 'name' }} />
        ) : untouched ? (
          <Empty title="No host yet" action={add}>
            A host is a Linux machine that runs your VEs. Corral reaches it over SSH; you confirm its key
            first.
          </Empty>
        ) : (
          <Empty title="Nothing matches">Change the search or the filter.</Empty>
        )}
        <Pager path={paths.hosts()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
