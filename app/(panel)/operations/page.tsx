import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { listOperations, operationListQuery } from '@/lib/operations/queries.ts'
import { OPERATION_TYPES, OPERATIONS } from '@/lib/operations/registry.ts'
import { paths } from '@/lib/paths.ts'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { OPERATION_STATUS } from '../../_components/operations/operation-status.tsx'
import { OperationTable } from '../../_components/operations/operation-table.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Operations' }

const FILTERS = [
  {
    name: 'status',
    label: 'Status',
    options: [
      ['live', 'Queued or running'] as const,
      ...Object.entries(OPERATION_STATUS).map(([status, { label }]) => [status, label] as const),
    ],
  },
  {
    name: 'type',
    label: 'Kind',
    options: OPERATION_TYPES.map(
      (type) => [type, `${OPERATIONS[type].label} (${OPERATIONS[type].subject})`] as const,
    ),
  },
]

export default async function OperationsPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(operationListQuery, searchParams)
  const page = await readPage(state, (query) => listOperations(viewer, query))
  return (
    <>
      <Live topics={['operation']} />
      <PageHeader
        title="Operations"
        note="Everything that takes time, newest first: what is going on and what was."
      />
      <ListControls searchLabel="Search operations" filters={FILTERS} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length === 0 ? (
          <Empty
            title={
              page.total === 0 && Object.keys(state.params).length === 0
                ? 'Nothing has been done yet'
                : 'Nothing matches'
            }
          >
            Whatever you ask for that takes time appears here, with its steps and its log.
          </Empty>
        ) : (
          <OperationTable caption="Operations" operations={page.items} />
        )}
        <Pager path={paths.operations()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
