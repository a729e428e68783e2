import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { addressPoolListQuery, listAddressPools } from '@/lib/addresses/queries.ts'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import { poolChoices } from '../../_components/addresses/pool-choices.ts'
import { PoolTable } from '../../_components/addresses/pool-table.tsx'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { buttonClass } from '../../_ui/button-class.ts'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'
import { Section } from '../../_ui/section.tsx'
import { PoolForm } from './form.tsx'

export const metadata: Metadata = { title: 'Addresses' }

export default async function AddressesPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  // Pools are the provider's; for others there is no such page.
  if (!canAtProvider(viewer, 'address:read')) notFound()
  const state = await listState(addressPoolListQuery, searchParams)
  const page = await readPage(state, (query) => listAddressPools(viewer, query))
  const choices = await poolChoices(viewer)
  return (
    <>
      <Live topics={['addresses', 'host-group']} />
      <PageHeader
        title="Addresses"
        note="VEs get their addresses from these pools, from those that serve their host."
        actions={
          <Link href={paths.hostGroups()} prefetch={false} className={buttonClass()}>
            Groups of hosts
          </Link>
        }
      />
      <ListControls searchLabel="Search pools" filters={[]} />
      <div className="mb-6 rounded-lg border border-line bg-surface-raised">
        {page.items.length > 0 ? (
          <PoolTable pools={page.items} />
        ) : (
          <Empty title={state.params.q ? 'Nothing matches' : 'No pool yet'}>
            Without a pool a VE has no address. Make the first one below.
          </Empty>
        )}
        <Pager path={paths.addresses()} params={state.params} shown={page.items.length} {...page} />
      </div>
      <Section title="New pool">
        <PoolForm
          {...choices}
          disabledReason={
            canAtProvider(viewer, 'address:manage')
              ? null
              : 'Your role does not allow you to make address pools.'
          }
        />
      </Section>
    </>
  )
}
