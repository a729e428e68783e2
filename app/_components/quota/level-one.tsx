import Link from 'next/link'
import { formatBytes, formatCount } from '@/lib/contract/units.ts'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { exactSeconds } from '../../_forms/amount-text.ts'
import { cx } from '../../_ui/cx.ts'
import { Facts } from '../../_ui/facts.tsx'
import { Meter } from '../../_ui/meter.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { Moment } from '../moment.tsx'

/** The VE as a whole: space and inodes against soft and hard limit, and the time of grace. */
export function LevelOne({ ve: { id, limits, observed } }: { ve: VeResource }) {
  const use = observed?.fileSystem ?? null
  return (
    <div className="grid gap-5">
      <div className="grid gap-x-8 gap-y-5 md:grid-cols-2">
        <Amount
          label="Space"
          used={use?.usedBytes ?? observed?.diskUsedBytes ?? null}
          soft={limits.diskSoftBytes}
          hard={limits.diskBytes}
          graceEndsAt={use?.bytesGraceEndsAt ?? null}
          text={formatBytes}
        />
        <Amount
          label="Inodes"
          used={use?.usedInodes ?? null}
          soft={limits.diskSoftInodes}
          hard={limits.diskInodes ?? (use?.totalInodes || null)}
          graceEndsAt={use?.inodesGraceEndsAt ?? null}
          text={formatCount}
        />
      </div>
      <p className="text-content-muted text-sm">
        Grace above a soft limit: {exactSeconds(limits.diskGraceSeconds)}. The limits are changed at{' '}
        <Link href={paths.veResources(id)} prefetch={false} className={cx(linkClass, 'underline')}>
          Resources
        </Link>
        .
      </p>
    </div>
  )
}

type AmountProps = {
  label: string
  used: number | null
  soft: number | null
  hard: number | null
  graceEndsAt: number | null
  text: (amount: number) => string
}

function Amount({ label, used, soft, hard, graceEndsAt, text }: AmountProps) {
  return (
    <div className="grid content-start gap-3">
      {used === null || hard === null ? (
        <p className="flex justify-between text-sm">
          <span className="text-content-muted">{label}</span>
          <span>{used === null ? 'not known: it is not mounted' : text(used)}</span>
        </p>
      ) : (
        <Meter label={label} value={used} max={hard} text={`${text(used)} of ${text(hard)}`} />
      )}
      <Facts
        items={[
          ['Soft limit', soft === null ? 'none' : text(soft)],
          ['Hard limit', hard === null ? 'unlimited' : text(hard)],
          ['Grace', graceEndsAt === null ? null : <Grace key="grace" endsAt={graceEndsAt} />],
        ]}
      />
    </div>
  )
}

function Grace({ endsAt }: { endsAt: number }) {
  const moment = <Moment at={new Date(endsAt).toISOString()} />
  if (endsAt <= Date.now())
    return <span className="text-danger">ended {moment}: nothing more until it is below the soft limit</span>
  return <span className="text-caution">above the soft limit, until {moment}</span>
}
