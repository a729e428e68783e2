import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { listVeBackups } from '@/lib/backups/queries.ts'
import { PER_VE_MOST } from '@/lib/backups/resource.ts'
import { getBackupSchedule } from '@/lib/backups/schedule.ts'
import { listBackupStores } from '@/lib/backups/stores.ts'
import { getVe } from '@/lib/ves/queries.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { BackUpNow } from '../../../../_components/backups/back-up-now.tsx'
import { BackupTable } from '../../../../_components/backups/backup-table.tsx'
import { ScheduleForm } from '../../../../_components/backups/schedule-form.tsx'
import { Moment } from '../../../../_components/moment.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { veOffers } from '../../../../_components/ves/ve-allowed.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Empty } from '../../../../_ui/empty.tsx'
import { Section } from '../../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Backups' }

export default async function VeBackupsPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const [{ items, total }, stores] = await Promise.all([
    listVeBackups(viewer, ve.id, { limit: PER_VE_MOST }),
    listBackupStores(viewer, { hostId: ve.host.id, limit: PER_VE_MOST }),
  ])
  const usable = stores.items.filter(({ state }) => state === 'ready')
  const offers = veOffers(viewer, ve)
  const cannot = usable.length > 0 ? null : 'Its host has no store of backups yet: the provider names one.'
  const destroyed = ve.state === 'destroyed'
  const now = destroyed ? null : (
    <BackUpNow
      ve={{ id: ve.id, name: ve.name }}
      stores={usable.map(({ id, name }) => ({ id, name }))}
      disabledReason={offers.backUp ?? cannot}
    />
  )
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Backups">
      <div className="grid gap-5">
        <Section title="Backups" aside={total === 1 ? '1 backup' : `${total} backups`} flush>
          {items.length === 0 ? (
            <Empty title="No backups yet" action={now}>
              A backup keeps the VE’s whole disk and its settings in a store on its host. It stays when the VE
              is destroyed: another VE can be made of it.
            </Empty>
          ) : (
            <>
              <div className="flex flex-wrap items-center justify-between gap-3 border-line border-b p-4">
                <p className="max-w-[72ch] text-content-muted">
                  Each holds all of the disk, and stays when the VE is destroyed.
                </p>
                {now}
              </div>
              <BackupTable
                viewer={viewer}
                caption={`Backups of ${ve.name}`}
                backups={items}
                ve={{
                  ...{ accountId: ve.account.id, hostId: ve.host.id, runs: ve.state === 'running' },
                  restoreReason: offers.restore,
                }}
              />
            </>
          )}
        </Section>
        {destroyed ? null : <Schedule viewer={viewer} ve={ve} reason={offers.backUp ?? cannot} />}
      </div>
    </VeFrame>
  )
}

async function Schedule({ viewer, ve, reason }: { viewer: Viewer; ve: VeResource; reason: string | null }) {
  const schedule = await getBackupSchedule(viewer, ve.id)
  const next = schedule ? (
    <>
      Next <Moment at={schedule.nextAt} />
    </>
  ) : null
  return (
    <Section title="Schedule" aside={next}>
      {schedule?.problem ? (
        <p className="wrap-long mb-4 text-danger">{`The last one was not taken: ${schedule.problem.detail}`}</p>
      ) : null}
      <ScheduleForm
        key={JSON.stringify(schedule?.nextAt ?? null)}
        veId={ve.id}
        schedule={schedule}
        disabledReason={reason}
      />
    </Section>
  )
}
