import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { listKept } from '@/lib/moves/kept.ts'
import { lastMove, lastMoveCheck, moveDestinations } from '@/lib/moves/queries.ts'
import type { MoveCheck, MoveResult } from '@/lib/moves/resource.ts'
import { isLive } from '@/lib/operations/definition.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { paths } from '@/lib/paths.ts'
import { getVe } from '@/lib/ves/queries.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { KeptDisks } from '../../../../_components/moves/kept-disks.tsx'
import { MoveDestinations } from '../../../../_components/moves/move-destinations.tsx'
import { MoveForm } from '../../../../_components/moves/move-form.tsx'
import { MoveObstacles } from '../../../../_components/moves/move-obstacles.tsx'
import { MoveTook } from '../../../../_components/moves/move-took.tsx'
import { OperationProblem } from '../../../../_components/operations/operation-problem.tsx'
import { OperationSteps } from '../../../../_components/operations/operation-steps.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { veOffers } from '../../../../_components/ves/ve-allowed.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Age } from '../../../../_ui/age.tsx'
import { Empty } from '../../../../_ui/empty.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { linkClass } from '../../../../_ui/text-link.ts'

export const metadata: Metadata = { title: 'Move' }

type PageProps = { params: Promise<{ ve: string }>; searchParams: Promise<{ to?: string | string[] }> }

export default async function VeMovePage({ params, searchParams }: PageProps) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const { to } = await searchParams
  const [hosts, move] = [await moveDestinations(viewer, ve.id), await lastMove(viewer, ve.id)]
  const reason = veOffers(viewer, ve).move
  const chosen = hosts.find(({ id }) => id === to) ?? null
  if (move && isLive(move.status))
    return (
      <VeFrame viewer={viewer} ve={ve} tab={null}>
        <UnderWay move={move} />
      </VeFrame>
    )
  return (
    <VeFrame viewer={viewer} ve={ve} tab={null}>
      <div className="grid gap-5">
        {move ? <LastMove move={move} /> : null}
        <KeptDisks veName={ve.name} disks={await listKept(viewer, ve.id)} />
        <Section title="Where to" aside={`It is on ${ve.host.name}`} flush>
          {hosts.length === 0 ? (
            <Empty title="There is no other host">{reason ?? 'Add one, then the VE can move to it.'}</Empty>
          ) : (
            <MoveDestinations
              veId={ve.id}
              hosts={hosts}
              chosenId={chosen?.id ?? null}
              disabledReason={reason}
            />
          )}
        </Section>
        {chosen ? <Chosen viewer={viewer} ve={ve} host={chosen} reason={reason} /> : null}
      </div>
    </VeFrame>
  )
}

const logOf = ({ id }: OperationResource) => (
  <Link href={paths.operation(id)} prefetch={false} className={linkClass}>
    Log
  </Link>
)

function UnderWay({ move }: { move: OperationResource }) {
  return (
    <Section title={move.title} aside={logOf(move)} flush>
      <OperationSteps steps={move.steps} />
    </Section>
  )
}

function LastMove({ move }: { move: OperationResource }) {
  const succeeded = move.status === 'succeeded'
  return (
    <Section title={succeeded ? 'The last move' : move.title} aside={logOf(move)}>
      {succeeded ? <MoveTook result={move.result as MoveResult} /> : <OperationProblem operation={move} />}
    </Section>
  )
}

type ChosenProps = {
  viewer: Viewer
  ve: VeResource
  host: { id: string; name: string }
  reason: string | null
}

async function Chosen({ viewer, ve, host, reason }: ChosenProps) {
  const asked = await lastMoveCheck(viewer, ve.id, host.id)
  if (!asked) return null
  const check = asked.status === 'succeeded' ? (asked.result as MoveCheck) : null
  return (
    <>
      <Section
        title={`From ${ve.host.name} to ${host.name}`}
        aside={asked.endedAt === null ? null : <Age at={asked.endedAt} />}
      >
        {isLive(asked.status) ? <p role="status">Both hosts are being asked…</p> : null}
        <OperationProblem operation={asked} />
        {check ? <MoveObstacles check={check} /> : null}
      </Section>
      {check ? (
        <Section title="Move it">
          <MoveForm ve={ve} host={host} from={ve.host.name} check={check} disabledReason={reason} />
        </Section>
      ) : null}
    </>
  )
}
