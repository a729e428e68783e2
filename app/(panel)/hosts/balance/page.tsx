import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { getBalance } from '@/lib/fleet/propose-balance.ts'
import { isLive } from '@/lib/operations/definition.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { BalanceForm } from '../../../_components/fleet/balance-form.tsx'
import { BalanceLoads } from '../../../_components/fleet/balance-loads.tsx'
import { FleetProgressSection } from '../../../_components/fleet/fleet-progress.tsx'
import { PlanTable } from '../../../_components/fleet/plan-table.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { Empty } from '../../../_ui/empty.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Balance' }

/** A proposal looks at many VEs: news of single steps are gathered. */
const GATHER_MS = 2_000

export default async function BalancePage() {
  const viewer = await requireViewer()
  if (!canAtProvider(viewer, 've:move')) notFound()
  const { proposal, progress } = await getBalance(viewer)
  const { moves, hosts } = proposal
  const underWay = progress !== null && isLive(progress.operation.status)
  const reason = canAtProvider(viewer, 'host:manage') ? null : 'Your role does not allow you to manage hosts.'
  return (
    <>
      <Live topics={['host', 'operation']} gatherMs={GATHER_MS} />
      <PageHeader
        trail={<Crumb href={paths.hosts()}>Hosts</Crumb>}
        title="Balance"
        note="How full hosts are by what their VEs are promised, in what is scarcest there; and which few moves would even it out."
      />
      <div className="grid grid-cols-1 gap-5">
        {progress ? <FleetProgressSection viewer={viewer} progress={progress} /> : null}
        {hosts.length > 0 ? (
          <Section title="How full">
            <BalanceLoads hosts={hosts} />
          </Section>
        ) : null}
        {underWay ? null : (
          <Section title="Proposal" flush>
            {moves.length === 0 ? (
              <Empty title="Nothing to move">No move would make the load more even.</Empty>
            ) : (
              <PlanTable moves={moves} from />
            )}
          </Section>
        )}
        {underWay || moves.length === 0 ? null : (
          <Section title="Carry it out">
            <BalanceForm
              moves={moves.map(({ ve, from, to, kind }) => ({ ve, from, to, kind }))}
              disabledReason={reason}
            />
          </Section>
        )}
      </div>
    </>
  )
}
