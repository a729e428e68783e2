import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { listPoolHistory } from '@/lib/addresses/history.ts'
import { poolAddressHistoryQuery } from '@/lib/addresses/history-resource.ts'
import { getAddressPool } from '@/lib/addresses/queries.ts'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { INTERFACE_KIND } from '@/lib/contract/ve-interface.ts'
import { paths } from '@/lib/paths.ts'
import { AddressHistory } from '../../../_components/addresses/address-history.tsx'
import { HistorySearch } from '../../../_components/addresses/history-search.tsx'
import { poolChoices } from '../../../_components/addresses/pool-choices.ts'
import { PoolEdit } from '../../../_components/addresses/pool-edit.tsx'
import { PoolRemove } from '../../../_components/addresses/pool-remove.tsx'
import { Crumb } from '../../../_components/crumb.tsx'
import { listState, type SearchParams } from '../../../_components/lists/list-params.ts'
import { Live } from '../../../_components/live/live.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { Facts } from '../../../_ui/facts.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Address pool' }

const NOT_ALLOWED = 'Your role does not allow you to change address pools.'

export default async function PoolPage({
  params,
  searchParams,
}: {
  params: Promise<{ pool: string }>
  searchParams: SearchParams
}) {
  const viewer = await requireViewer()
  if (!canAtProvider(viewer, 'address:read')) notFound()
  const pool = await orNotFound(getAddressPool(viewer, (await params).pool))
  const state = await listState(poolAddressHistoryQuery, searchParams)
  const [history, choices] = await Promise.all([
    listPoolHistory(viewer, pool.id, state.query),
    poolChoices(viewer, pool),
  ])
  const reason = canAtProvider(viewer, 'address:manage') ? null : NOT_ALLOWED
  const held = pool.used === 0 ? null : `${pool.used} of it are given out.`
  const bound = [...pool.hosts, ...pool.groups].map(({ name }) => name)
  return (
    <>
      <Live topics={['addresses', 'host-group']} />
      <PageHeader
        trail={<Crumb href={paths.addresses()}>Addresses</Crumb>}
        title={pool.name}
        actions={<PoolRemove id={pool.id} name={pool.name} disabledReason={reason ?? held} />}
      />
      <div className="grid gap-5">
        <Section title="Pool">
          <Facts
            items={[
              [
                'Prefix',
                <span key="prefix" className="font-mono text-sm">
                  {pool.cidr}
                </span>,
              ],
              ['Kind', INTERFACE_KIND[pool.kind].label],
              [
                'Gives out',
                pool.delegates === null
                  ? `${pool.first} – ${pool.last}`
                  : `a whole /${pool.delegates} at a time`,
              ],
              [
                'Bridge',
                pool.bridge === null
                  ? null
                  : `${pool.bridge}${pool.vlan === null ? '' : `, VLAN ${pool.vlan}`}`,
              ],
              ['Gateway', pool.kind === 'bridged' ? (pool.gateway ?? 'none') : null],
              ['Serves', bound.length === 0 ? 'every host' : bound.join(', ')],
              ['Used', pool.total === null ? String(pool.used) : `${pool.used} of ${pool.total}`],
            ]}
          />
        </Section>
        <Section title="Who has what, and who had it" flush>
          <div className="border-line border-b p-4">
            <HistorySearch key={JSON.stringify(state.params)} params={state.params} />
          </div>
          <AddressHistory path={paths.pool(pool.id)} params={state.params} history={history} />
        </Section>
        <Section title="Change it">
          <PoolEdit
            key={JSON.stringify(pool)}
            pool={pool}
            hosts={choices.hosts}
            groups={choices.groups}
            disabledReason={reason}
          />
        </Section>
      </div>
    </>
  )
}
