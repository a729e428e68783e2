import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { VE_STATE } from '@/lib/contract/ve-state.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { paths } from '@/lib/paths.ts'
import { listTemplates } from '@/lib/templates/queries.ts'
import { listVes, veListQuery } from '@/lib/ves/queries.ts'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { NewLink } from '../../_components/new-link.tsx'
import { VeTable } from '../../_components/ves/ve-table.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'VEs' }

const STATES = Object.entries(VE_STATE).map(([state, { label }]) => [state, label] as const)
const named = (things: { id: string; name: string }[]) => things.map(({ id, name }) => [id, name] as const)
/** As many as a menu can hold; beyond that one searches. */
const IN_MENU = { limit: 200 }

export default async function VesPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(veListQuery, searchParams)
  const [page, hosts, templates] = await Promise.all([
    readPage(state, (query) => listVes(viewer, query)),
    listHosts(viewer, IN_MENU),
    listTemplates(viewer, IN_MENU),
  ])
  const filters = [
    { name: 'state', label: 'State', options: STATES },
    { name: 'hostId', label: 'Host', options: named(hosts.items) },
    { name: 'templateId', label: 'Template', options: named(templates.items) },
  ]
  const create = (
    <NewLink viewer={viewer} permission="ve:create" href={paths.veNew()}>
      Create VE
    </NewLink>
  )
  const untouched = Object.keys(state.params).length === 0
  return (
    <>
      <Live topics={['ve']} />
      <PageHeader title="VEs" actions={create} />
      <ListControls searchLabel="Search VEs" filters={filters} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length > 0 ? (
          <VeTable
            viewer={viewer}
            ves={page.items}
            order={{ path: paths.ves(), sort: state.query.sort ?? 'name' }}
          />
        ) : untouched ? (
          <Empty title="No VE yet" action={create}>
            A VE is made from a template and runs on one of your hosts; it is ready in seconds.
          </Empty>
        ) : (
          <Empty title="Nothing matches">Change the search or the filters.</Empty>
        )}
        <Pager path={paths.ves()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
