import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { limitDifferences } from '@/lib/limits/limit-differences.ts'
import type { SnapshotResource } from '@/lib/snapshots/resource.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { Tag } from '../../_ui/badge.tsx'
import { CopyButton } from '../../_ui/copy-button.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { Moment } from '../moment.tsx'
import { typedChange } from '../resources/limit-changes.ts'
import { stateForbids, veOffers } from '../ves/ve-allowed.ts'
import { limitsReason } from '../ves/ve-configure-reason.ts'
import { cloneReason } from './snapshot-reasons.ts'
import { SnapshotRowActions } from './snapshot-row-actions.tsx'
import { SnapshotStateBadge } from './snapshot-state.tsx'

type SnapshotTableProps = { viewer: Viewer; ve: VeResource; snapshots: readonly SnapshotResource[] }

export function SnapshotTable({ viewer, ve, snapshots }: SnapshotTableProps) {
  const names = new Map(snapshots.map(({ id, name }) => [id, name]))
  return (
    <Table
      caption={`Snapshots of ${ve.name}`}
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell className="w-32">State</HeadCell>
          <HeadCell>Taken</HeadCell>
          <HeadCell>Holds</HeadCell>
          <HeadCell className="text-right">Size</HeadCell>
          <HeadCell className="text-right">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {snapshots.map((snapshot) => (
        <SnapshotRow
          key={snapshot.id}
          viewer={viewer}
          ve={ve}
          snapshot={snapshot}
          parent={snapshot.parentId === null ? null : (names.get(snapshot.parentId) ?? null)}
        />
      ))}
    </Table>
  )
}

type SnapshotRowProps = Omit<SnapshotTableProps, 'snapshots'> & {
  snapshot: SnapshotResource
  parent: string | null
}

function SnapshotRow({ viewer, ve, snapshot, parent }: SnapshotRowProps) {
  return (
    <Row>
      <Cell lead className="max-w-80">
        <span className="wrap-long font-medium">{snapshot.name}</span>
        {snapshot.description === '' ? null : (
          <p className="wrap-long text-content-muted text-sm">{snapshot.description}</p>
        )}
        {snapshot.mountedAt ? (
          <p className="wrap-long flex items-center gap-1 font-mono text-sm">
            {snapshot.mountedAt}
            <CopyButton text={snapshot.mountedAt} label={`Copy the path of “${snapshot.name}”`} />
          </p>
        ) : null}
        {snapshot.problem ? <p className="wrap-long text-danger text-sm">{snapshot.problem.detail}</p> : null}
      </Cell>
      <Cell label="State">
        <SnapshotStateBadge state={snapshot.state} />
      </Cell>
      <Cell label="Taken" className="text-sm">
        <Moment at={snapshot.takenAt ?? snapshot.createdAt} />
        <p className="text-content-muted">{`by ${snapshot.createdBy}${parent ? `, on top of “${parent}”` : ''}`}</p>
        {snapshot.rolledBackAt ? (
          <p className="text-content-muted">
            rolled back to <Moment at={snapshot.rolledBackAt} />
          </p>
        ) : null}
      </Cell>
      <Cell label="Holds">{snapshot.memory ? <Tag>disk and memory</Tag> : <Tag>disk</Tag>}</Cell>
      <Cell label="Size" numeric className="whitespace-nowrap">
        {snapshot.bytes === null ? (
          <span className="text-content-faint">–</span>
        ) : (
          formatBytes(snapshot.bytes)
        )}
      </Cell>
      <Cell>
        <Actions viewer={viewer} ve={ve} snapshot={snapshot} />
      </Cell>
    </Row>
  )
}

function Actions({ viewer, ve, snapshot }: Omit<SnapshotRowProps, 'parent'>) {
  const { id, name, memory, state } = snapshot
  const offers = veOffers(viewer, ve)
  const differences = state === 'ready' ? limitDifferences(ve.limits, snapshot.limits) : []
  const busy = state === 'creating' ? 'It is being taken.' : 'It is being deleted.'
  const isBusy = state === 'creating' || state === 'deleting'
  return (
    <SnapshotRowActions
      ve={{
        id: ve.id,
        name: ve.name,
        runs: ve.state === 'running',
        hibernated: ve.hibernated !== null,
        limitsReason: limitsReason(viewer, ve),
      }}
      snapshot={{
        ...{ id, name, memory, differences },
        taken: <Moment at={snapshot.takenAt ?? snapshot.createdAt} />,
        typed: differences.length > 0 ? typedChange(ve.limits, snapshot.limits) : {},
      }}
      rollBackReason={state === 'failed' ? 'It was never taken.' : isBusy ? busy : offers.rollBack}
      mount={
        canAtProvider(viewer, 'host:manage')
          ? {
              mounted: snapshot.mountedAt !== null,
              disabledReason: state === 'ready' ? stateForbids(ve.state, 'mount') : 'It is not ready.',
            }
          : null
      }
      cloneReason={state === 'ready' ? cloneReason(viewer, ve) : 'It is not ready.'}
      deleteReason={isBusy ? busy : offers.deleteSnapshot}
    />
  )
}
