import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { listVeSnapshots } from '@/lib/snapshots/queries.ts'
import { SNAPSHOTS_MOST } from '@/lib/snapshots/resource.ts'
import { takeObstacle } from '@/lib/snapshots/take-obstacle.ts'
import { getVe } from '@/lib/ves/queries.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { OperationSteps } from '../../../../_components/operations/operation-steps.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { viewerTimeZone } from '../../../../_components/shell/viewer-settings.ts'
import { SnapshotCreate } from '../../../../_components/snapshots/snapshot-create.tsx'
import { memoryReason, takeReason } from '../../../../_components/snapshots/snapshot-reasons.ts'
import { SnapshotTable } from '../../../../_components/snapshots/snapshot-table.tsx'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Empty } from '../../../../_ui/empty.tsx'
import { formatMoment } from '../../../../_ui/format-time.ts'
import { Section } from '../../../../_ui/section.tsx'
import { linkClass } from '../../../../_ui/text-link.ts'

export const metadata: Metadata = { title: 'Snapshots' }

export default async function VeSnapshotsPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const { items } = await listVeSnapshots(viewer, ve.id, { limit: SNAPSHOTS_MOST })
  const obstacle = await takeObstacle(viewer, { ...ve, hostId: ve.host.id, diskBytes: ve.limits.diskBytes })
  const name = formatMoment(new Date().toISOString(), await viewerTimeZone())
  const create = (
    <SnapshotCreate
      ve={{ id: ve.id, name: ve.name }}
      suggestedName={name}
      memoryReason={memoryReason(ve)}
      disabledReason={takeReason(viewer, ve, items.length) ?? obstacle?.detail ?? null}
    />
  )
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Snapshots">
      <div className="grid gap-5">
        <UnderWay viewer={viewer} ve={ve} />
        <Section title="Snapshots" aside={tally(ve, items.length)} flush>
          {items.length === 0 ? (
            <Empty title="No snapshots yet" action={create}>
              A snapshot keeps the VE’s disk as it is now, and its memory too if you like, to come back to:
              before an upgrade, say. It is kept beside the VE on its host, and goes when the VE is destroyed.
            </Empty>
          ) : (
            <>
              <div className="flex flex-wrap items-center justify-between gap-3 border-line border-b p-4">
                <p className="max-w-[72ch] text-content-muted">
                  Kept beside the VE on {ve.host.name}: they are lost with the VE or its host. Each holds what
                  the VE has changed since; together they may come to as much as its disk.
                  {obstacle === null ? null : <span className="block text-danger">{obstacle.detail}</span>}
                </p>
                {create}
              </div>
              <SnapshotTable viewer={viewer} ve={ve} snapshots={items} />
            </>
          )}
        </Section>
      </div>
    </VeFrame>
  )
}

function tally({ snapshotBytes, snapshotBytesMost }: VeResource, count: number): string {
  const many = `${count} of ${SNAPSHOTS_MOST}`
  if (count === 0 || snapshotBytes === null) return many
  return `${many}, ${formatBytes(snapshotBytes)} of ${formatBytes(snapshotBytesMost)}`
}

/** What is being done with snapshots of the VE right now, step by step. */
async function UnderWay({ viewer, ve }: { viewer: Viewer; ve: VeResource }) {
  const live = await listOperations(viewer, { veId: ve.id, status: 'live' })
  const operation = live.items.findLast(({ type }) => type.startsWith('ve-snapshot-'))
  if (!operation) return null
  return (
    <Section
      title={operation.title}
      aside={
        <Link href={paths.operation(operation.id)} prefetch={false} className={linkClass}>
          Log
        </Link>
      }
      flush
    >
      <OperationSteps steps={operation.steps} />
    </Section>
  )
}
