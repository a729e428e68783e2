import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { listPlans, planListQuery } from '@/lib/plans/queries.ts'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { NewLink } from '../../_components/new-link.tsx'
import { PlanTable } from '../../_components/plans/plan-table.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Plans' }

export default async function PlansPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(planListQuery, searchParams)
  const page = await readPage(state, (query) => listPlans(viewer, query))
  const make = (
    <NewLink viewer={viewer} permission="plan:manage" href={paths.planNew()}>
      New plan
    </NewLink>
  )
  return (
    <>
      <Live topics={['plan', 've']} />
      <PageHeader title="Plans" actions={make} />
      <ListControls searchLabel="Search plans" filters={[]} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length > 0 ? (
          <PlanTable plans={page.items} order={{ path: paths.plans(), sort: state.query.sort ?? 'name' }} />
        ) : Object.keys(state.params).length === 0 ? (
          <Empty title="No plan yet" action={make}>
            A plan is a named set of limits that VEs are given: memory, disk, CPU and all the rest. It has
            versions; a new one is rolled out to the VEs that use it.
          </Empty>
        ) : (
          <Empty title="Nothing matches">Change the search.</Empty>
        )}
        <Pager path={paths.plans()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
