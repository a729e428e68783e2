'use client'
import {
  Archive,
  Boxes,
  BrickWall,
  Gauge,
  History,
  Layers,
  ListChecks,
  Network,
  Server,
  SlidersHorizontal,
} from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { paths } from '@/lib/paths.ts'
import { cx } from '../../_ui/cx.ts'
import { useCurrentInView } from '../../_ui/use-current-in-view.ts'

const ITEMS = [
  { href: paths.home(), label: 'Overview', Icon: Gauge },
  { href: paths.ves(), label: 'VEs', Icon: Boxes },
  { href: paths.hosts(), label: 'Hosts', Icon: Server },
  { href: paths.templates(), label: 'Templates', Icon: Layers },
  { href: paths.plans(), label: 'Plans', Icon: SlidersHorizontal },
  { href: paths.addresses(), label: 'Addresses', Icon: Network },
  { href: paths.firewallSets(), label: 'Firewall', Icon: BrickWall },
  { href: paths.backups(), label: 'Backups', Icon: Archive },
  { href: paths.operations(), label: 'Operations', Icon: ListChecks },
  { href: paths.audit(), label: 'Audit', Icon: History },
] as const

/** A column beside the page; on a narrow screen a row above it that scrolls sideways. `hidden`: not for this viewer. */
export function Nav({ hidden }: { hidden: readonly string[] }) {
  const pathname = usePathname()
  const here = (href: string) => (href === '/' ? pathname === '/' : `${pathname}/`.startsWith(`${href}/`))
  const row = useCurrentInView(pathname)
  return (
    <nav ref={row} aria-label="Main" className="fading-row max-md:overflow-x-auto">
      <ul className="flex gap-0.5 max-md:w-max max-md:pr-8 md:flex-col">
        {ITEMS.filter(({ href }) => !hidden.includes(href)).map(({ href, label, Icon }) => (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              aria-current={here(href) ? 'page' : undefined}
              className={cx(
                'flex h-8 items-center gap-2.5 whitespace-nowrap rounded px-2.5',
                here(href)
                  ? 'bg-surface-selected font-medium text-content'
                  : 'text-content-muted hover:bg-surface-hover hover:text-content',
              )}
            >
              <Icon aria-hidden className="size-4 shrink-0 max-md:hidden" strokeWidth={1.75} />
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
