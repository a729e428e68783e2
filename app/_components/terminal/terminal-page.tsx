import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { cx } from '../../_ui/cx.ts'
import { PageHeader } from '../../_ui/page-header.tsx'
import { Crumb } from '../crumb.tsx'
import { SimulatedBadge } from '../hosts/simulated-badge.tsx'
import { Live } from '../live/live.tsx'
import { VeStateBadge } from '../ves/ve-state-badge.tsx'

const TABS = [
  { label: 'Console', path: paths.veConsole },
  { label: 'Boot log', path: paths.veBootLog },
] as const

/** A page that is as high as the window, for a terminal to fill. */
export function TerminalPage({
  ve,
  tab,
  children,
}: {
  ve: VeResource
  tab: (typeof TABS)[number]['label']
  children: ReactNode
}) {
  return (
    <div className="flex h-[calc(100dvh-3rem)] min-h-96 flex-col max-md:h-[calc(100dvh-8.25rem)]">
      <Live topics={['ve', 'host']} ids={[ve.id, ve.host.id]} />
      <PageHeader
        trail={
          <>
            <Crumb href={paths.ves()}>VEs</Crumb> / <Crumb href={paths.ve(ve.id)}>{ve.name}</Crumb>
          </>
        }
        title={`${tab} of ${ve.name}`}
        state={
          <>
            <span role="status">
              <VeStateBadge state={ve.state} />
            </span>
            {ve.host.simulated ? <SimulatedBadge /> : null}
          </>
        }
        actions={
          <nav aria-label="Terminals" className="flex gap-1">
            {TABS.map(({ label, path }) => (
              <Link
                key={label}
                href={path(ve.id)}
                prefetch={false}
                aria-current={label === tab ? 'page' : undefined}
                className={cx(
                  'rounded px-3 py-1.5 text-sm',
                  label === tab
                    ? 'bg-surface-selected font-medium'
                    : 'text-content-muted hover:bg-surface-hover hover:text-content',
                )}
              >
                {label}
              </Link>
            ))}
          </nav>
        }
      />
      {children}
    </div>
  )
}
