/** What a VE used, as pages and the API see it. Each reads a bounded number of rows, whatever the size of the fleet. */
import type { Viewer } from '../auth/viewer.ts'
import type { BeancounterHistory } from './beancounter-history.ts'
import type { LimitEventPage } from './limit-event-resource.ts'
import type { UsageRange, UsageSeries } from './series.ts'

/** Throws `not-found`. */
export async function veUsage(
  _viewer: Viewer,
  _veId: string,
  _query: { range: UsageRange },
): Promise<UsageSeries> {
  throw new Error('not yet')
}

/** Throws `not-found`. */
export async function veBeancounterHistory(_viewer: Viewer, _veId: string): Promise<BeancounterHistory> {
  throw new Error('not yet')
}

/** Newest first. Throws `not-found`. */
export async function listLimitEvents(
  _viewer: Viewer,
  _query: { veId: string; cursor?: string | undefined; limit?: number | undefined },
): Promise<LimitEventPage> {
  throw new Error('not yet')
}
