import type { Metadata } from 'next'
import Link from 'next/link'
import * as z from 'zod/mini'
import { requireViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { listLimitEvents } from '@/lib/usage/limit-events.ts'
import { veUsage } from '@/lib/usage/queries.ts'
import { USAGE_RANGE, USAGE_RANGES, type UsageRange } from '@/lib/usage/series.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { listHref } from '../../../../_components/lists/list-href.ts'
import { listState, readPage, type SearchParams } from '../../../../_components/lists/list-params.ts'
import { Pager } from '../../../../_components/lists/pager.tsx'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { viewerTimeZone } from '../../../../_components/shell/viewer-settings.ts'
import { LimitEventList } from '../../../../_components/usage/limit-event-list.tsx'
import { UsageGraphs } from '../../../../_components/usage/usage-graphs.tsx'
import { limitsReason } from '../../../../_components/ves/ve-configure-reason.ts'
import { VeFrame } from '../../../../_components/ves/ve-frame.tsx'
import { Empty } from '../../../../_ui/empty.tsx'
import { Section } from '../../../../_ui/section.tsx'
import { linkClass } from '../../../../_ui/text-link.ts'

export const metadata: Metadata = { title: 'Usage' }

const usageQuery = z.object({
  range: z._default(z.enum(USAGE_RANGES), 'day'),
  cursor: z.optional(z.string()),
})
const EVENTS = 10

type VeUsagePageProps = { params: Promise<{ ve: string }>; searchParams: SearchParams }

export default async function VeUsagePage({ params, searchParams }: VeUsagePageProps) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  const state = await listState(usageQuery, searchParams)
  const range = state.query.range ?? 'day'
  const path = paths.veUsage(ve.id)
  const [series, events, timeZone] = await Promise.all([
    veUsage(viewer, ve.id, { range }),
    readPage(state, ({ cursor }) => listLimitEvents(viewer, { veId: ve.id, cursor, limit: EVENTS })),
    viewerTimeZone(),
  ])
  return (
    <VeFrame viewer={viewer} ve={ve} tab="Usage">
      <div className="grid gap-6">
        <Section title="Use over time" aside={<Ranges path={path} range={range} params={state.params} />}>
          <UsageGraphs series={series} limits={ve.limits} format={{ timeZone, range }} />
        </Section>
        <Section title="Limits that were hit" flush>
          {events.items.length === 0 ? (
            <Empty title="No limit was hit">
              When one of its limits refuses something, or something of it is killed, the minute around it is
              kept here: what it held, which processes held most, and limits that would have let it pass.
            </Empty>
          ) : (
            <LimitEventList
              veId={ve.id}
              events={events.items}
              limits={ve.limits}
              timeZone={timeZone}
              disabledReason={limitsReason(viewer, ve)}
            />
          )}
          {events.next !== null || state.query.cursor ? (
            <Pager path={path} params={state.params} shown={events.items.length} {...events} />
          ) : null}
        </Section>
      </div>
    </VeFrame>
  )
}

type RangesProps = { path: string; range: UsageRange; params: Record<string, string> }

function Ranges({ path, range, params }: RangesProps) {
  return (
    <nav aria-label="Time shown" className="flex flex-wrap gap-x-3">
      {USAGE_RANGES.map((each) => (
        <Link
          key={each}
          href={listHref(path, params, { range: each })}
          prefetch={false}
          scroll={false}
          aria-current={each === range ? 'true' : undefined}
          className={each === range ? 'font-medium text-content' : linkClass}
        >
          {USAGE_RANGE[each].label}
        </Link>
      ))}
    </nav>
  )
}
