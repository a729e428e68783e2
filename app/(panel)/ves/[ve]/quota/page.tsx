import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { QUOTA_OWNER_KINDS } from '@/lib/contract/quota.ts'
import { formatCount } from '@/lib/contract/units.ts'
import { lastQuota } from '@/lib/quota/queries.ts'
import type { QuotaResource } from '@/lib/quota/resource.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { CountOwners } from '../../../../_components/quota/count-owners.tsx'
import { GraceForm } from '../../../../_components/quota/grace-form.tsx'
import { LevelOne } from '../../../../_components/quota/level-one.tsx'
import { OwnerForm } from '../../../../_components/quota/owner-form.tsx'
import { OwnerTable } from '../../../../_components/quota/owner-table.tsx'
import { configureReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Age } from '../../../../_ui/age.tsx'
import { Callout } from '../../../../_ui/callout.tsx'
import { Section } from '../../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Quota' }

export default async function VeQuotaPage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const quota = await lastQuota(viewer, ve.id)
  const reason = configureReason(viewer, ve) ?? quota.obstacle
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Quota">
      <div className="grid gap-6">
        <Section title="The VE as a whole" aside={ve.observedAt === null ? null : <Age at={ve.observedAt} />}>
          <LevelOne ve={ve} />
        </Section>
        <Owners veId={ve.id} quota={quota} reason={reason} />
        {quota.most === 0 ? null : (
          <Section title="Limit a user or group">
            <OwnerForm veId={ve.id} owner={null} disabledReason={reason} />
          </Section>
        )}
        {quota.grace === null ? null : (
          <Section title="Grace above soft limits">
            <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
              {QUOTA_OWNER_KINDS.map((kind) => (
                <GraceForm
                  key={kind}
                  veId={ve.id}
                  kind={kind}
                  grace={quota.grace?.[kind] ?? { bytesSeconds: 0, inodesSeconds: 0 }}
                  disabledReason={reason}
                />
              ))}
            </div>
          </Section>
        )}
      </div>
    </VeFrame>
  )
}

type OwnersProps = { veId: string; quota: QuotaResource; reason: string | null }

function Owners({ veId, quota, reason }: OwnersProps) {
  const { counted, most, owners, readAt, notice, obstacle } = quota
  return (
    <Section
      title="Users and groups inside"
      aside={readAt === null ? null : <CountedAt counted={counted ?? 0} most={most} readAt={readAt} />}
      flush
    >
      <div className="grid gap-3 p-4">
        {obstacle === null ? null : <Callout title="They are not counted now">{obstacle}</Callout>}
        {notice === null ? null : <Callout tone="caution">{notice}</Callout>}
        {readAt === null && obstacle === null ? (
          <p className="max-w-[72ch] text-content-muted">
            Who owns how much is counted by the kernel and read from its host when it is asked for. Names are
            those of the VE’s own passwd and group files.
          </p>
        ) : null}
        <CountOwners veId={veId} disabledReason={obstacle} />
      </div>
      {owners.length === 0 ? null : (
        <div className="border-line border-t">
          <OwnerTable veId={veId} owners={owners} disabledReason={reason} />
        </div>
      )}
    </Section>
  )
}

function CountedAt({ counted, most, readAt }: { counted: number; most: number; readAt: string }) {
  return (
    <>
      {`${formatCount(counted)} of ${formatCount(most)} counted, `}
      <Age at={readAt} />
    </>
  )
}
