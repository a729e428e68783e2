import { formatMoment } from '../_ui/format-time.ts'
import { viewerTimeZone } from './shell/viewer-settings.ts'

/** A moment in the viewer's zone; `at` is ISO 8601. */
export async function Moment({ at }: { at: string }) {
  const timeZone = await viewerTimeZone()
  return (
    <time dateTime={at} title={`${at} (shown in ${timeZone})`} className="whitespace-nowrap">
      {formatMoment(at, timeZone)}
    </time>
  )
}
