import Link from 'next/link'
import { PERMISSIONS } from '@/lib/auth/permissions.ts'
import { can, type Viewer } from '@/lib/auth/viewer.ts'
import type { BackupResource } from '@/lib/backups/resource.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { paths } from '@/lib/paths.ts'
import { Tag } from '../../_ui/badge.tsx'
import { formatMoment } from '../../_ui/format-time.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { Moment } from '../moment.tsx'
import { viewerTimeZone } from '../shell/viewer-settings.ts'
import { BackupRowActions } from './backup-row-actions.tsx'
import { BackupStateBadge } from './backup-state.tsx'

/** Of the VE whose page it is on; null of one on a list of all. */
export type BackupVe = { accountId: string; hostId: string; runs: boolean; restoreReason: string | null }

type BackupTableProps = {
  viewer: Viewer
  caption: string
  backups: readonly BackupResource[]
  ve: BackupVe | null
}

export async function BackupTable({ viewer, caption, backups, ve }: BackupTableProps) {
  const zone = await viewerTimeZone()
  return (
    <Table
      caption={caption}
      head={
        <>
          <HeadCell>{ve ? 'Taken' : 'VE'}</HeadCell>
          <HeadCell className="w-32">State</HeadCell>
          <HeadCell>Store</HeadCell>
          <HeadCell className="text-right">Size</HeadCell>
          <HeadCell>Verified</HeadCell>
          <HeadCell className="text-right">
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {backups.map((backup) => (
        <BackupRow
          key={backup.id}
          viewer={viewer}
          backup={backup}
          ve={ve}
          taken={formatMoment(backup.takenAt ?? backup.createdAt, zone)}
        />
      ))}
    </Table>
  )
}

type BackupRowProps = { viewer: Viewer; backup: BackupResource; ve: BackupVe | null; taken: string }

function BackupRow({ viewer, backup, ve, taken }: BackupRowProps) {
  return (
    <Row>
      <Cell lead className="max-w-80">
        {ve ? null : (
          <>
            <Link href={paths.veBackups(backup.ve.id)} prefetch={false} className={linkClass}>
              {backup.ve.name}
            </Link>{' '}
            {backup.destroyed ? <Tag>destroyed</Tag> : null}
          </>
        )}
        <div className={ve ? 'font-medium' : 'text-sm'}>
          <Moment at={backup.takenAt ?? backup.createdAt} />
        </div>
        <p className="text-content-muted text-sm">
          {backup.scheduled ? 'by its schedule' : `by ${backup.createdBy}`}
          {backup.restoredAt ? (
            <>
              , restored <Moment at={backup.restoredAt} />
            </>
          ) : null}
        </p>
        {backup.problem ? <p className="wrap-long text-danger text-sm">{backup.problem.detail}</p> : null}
      </Cell>
      <Cell label="State">
        <BackupStateBadge state={backup.state} />
      </Cell>
      <Cell label="Store" className="text-sm">
        {backup.store.name}
        <p className="text-content-muted">{`on ${backup.host.name}`}</p>
      </Cell>
      <Cell label="Size" numeric className="whitespace-nowrap">
        {backup.bytes === null ? <span className="text-content-faint">–</span> : formatBytes(backup.bytes)}
      </Cell>
      <Cell label="Verified" className="text-sm">
        {backup.verifiedAt ? <Moment at={backup.verifiedAt} /> : 'when it was written'}
      </Cell>
      <Cell>{ve ? <Actions viewer={viewer} backup={backup} ve={ve} taken={taken} /> : null}</Cell>
    </Row>
  )
}

const BUSY = {
  creating: 'It is being taken.',
  deleting: 'It is being deleted.',
  failed: 'It was never taken.',
} as const

function Actions({ viewer, backup, ve, taken }: BackupRowProps & { ve: BackupVe }) {
  const unready = backup.state === 'ready' ? null : BUSY[backup.state]
  const allowed = (permission: 've:backup' | 've:create') =>
    can(viewer, permission, ve.accountId)
      ? null
      : `Your role does not allow you to ${PERMISSIONS[permission]}.`
  const elsewhere =
    ve.hostId === backup.host.id
      ? null
      : `It is on ${backup.host.name}: move the VE there, or make a new one of it.`
  return (
    <BackupRowActions
      backup={{
        id: backup.id,
        taken,
        ve: { name: backup.ve.name, runs: ve.runs, destroyed: backup.destroyed },
      }}
      restoreReason={unready ?? elsewhere ?? ve.restoreReason}
      recoverReason={unready ?? allowed('ve:create')}
      verifyReason={unready ?? allowed('ve:backup')}
      deleteReason={backup.state === 'failed' ? allowed('ve:backup') : (unready ?? allowed('ve:backup'))}
    />
  )
}
