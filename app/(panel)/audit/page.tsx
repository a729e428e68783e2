import type { Metadata } from 'next'
import { AUDIT_ACTION, AUDIT_ACTIONS } from '@/lib/audit/actions.ts'
import { auditListQuery, listAudit } from '@/lib/audit/queries.ts'
import { requireViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { AuditTable } from '../../_components/audit/audit-table.tsx'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Audit' }

const FILTERS = [
  {
    name: 'action',
    label: 'What',
    options: AUDIT_ACTIONS.map((action) => [action, AUDIT_ACTION[action].label] as const),
  },
]

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(auditListQuery, searchParams)
  const page = await readPage(state, (query) => listAudit(viewer, query))
  return (
    <>
      <Live topics={['audit']} />
      <PageHeader title="Audit" note="Who came in and did what, newest first. Entries are only ever added." />
      <ListControls filters={FILTERS} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length === 0 ? (
          <Empty title={state.params.action ? 'Nothing matches' : 'Nothing yet'}>
            Terminals, commands, suspensions, changes of firewalls and devices are written down here.
          </Empty>
        ) : (
          <AuditTable events={page.items} />
        )}
        <Pager path={paths.audit()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
