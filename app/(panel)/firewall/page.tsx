import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { firewallSetListQuery, listFirewallSets } from '@/lib/firewall/queries.ts'
import { paths } from '@/lib/paths.ts'
import { FirewallSetTable } from '../../_components/firewall/firewall-set-table.tsx'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { NewLink } from '../../_components/new-link.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Firewall' }

export default async function FirewallSetsPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(firewallSetListQuery, searchParams)
  const page = await readPage(state, (query) => listFirewallSets(viewer, query))
  return (
    <>
      <Live topics={['firewall-set']} />
      <PageHeader
        title="Firewall rule sets"
        note="Named lists of rules. VEs refer to them among their own rules; a change reaches every VE that does."
        actions={
          <NewLink viewer={viewer} permission="ve:configure" href={paths.firewallSetNew()}>
            New rule set
          </NewLink>
        }
      />
      <ListControls searchLabel="Search rule sets" filters={[]} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length === 0 ? (
          <Empty title={state.params.q ? 'Nothing matches' : 'No rule set yet'}>
            Rules that several VEs share are kept here, such as who may reach their SSH.
          </Empty>
        ) : (
          <FirewallSetTable sets={page.items} />
        )}
        <Pager path={paths.firewallSets()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
