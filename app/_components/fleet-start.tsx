import Link from 'next/link'
import type { FleetOverview } from '@/lib/overview/queries.ts'
import { paths } from '@/lib/paths.ts'
import { buttonClass } from '../_ui/button-class.ts'
import { Empty } from '../_ui/empty.tsx'

const any = (counts: Record<string, number>) => Object.values(counts).some((count) => count > 0)

/** On an empty fleet: where to begin. */
export function FleetStart({ overview: { hosts, ves } }: { overview: FleetOverview }) {
  if (any(ves)) return null
  const [title, text, href, label] = any(hosts)
    ? ['Your fleet is ready', 'Create the first VE; it is ready in seconds.', paths.veNew(), 'Create VE']
    : [
        'Start with a host',
        'A host is a Linux machine that runs your VEs; Corral reaches it over SSH.',
        paths.hostNew(),
        'Add host',
      ]
  return (
    <div className="mb-5 rounded-lg border border-line bg-surface-raised">
      <Empty
        title={title ?? ''}
        action={
          <Link href={href ?? ''} prefetch={false} className={buttonClass('primary')}>
            {label}
          </Link>
        }
      >
        {text}
      </Empty>
    </div>
  )
}
