'use client'
import Link from 'next/link'
import { cx } from './cx.ts'
import { useCurrentInView } from './use-current-in-view.ts'

export type Tab = { label: string; href: string; current: boolean }

/** Pages of one thing, beside each other. On a narrow screen the row scrolls sideways. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const row = useCurrentInView(tabs.find(({ current }) => current)?.href)
  return (
    <nav ref={row} aria-label={label} className="fading-row mb-5 overflow-x-auto border-line border-b">
      <ul className="flex gap-1 max-md:w-max max-md:pr-8">
        {tabs.map((tab) => (
          <li key={tab.href}>
            <Link
              href={tab.href}
              prefetch={false}
              aria-current={tab.current ? 'page' : undefined}
              className={cx(
                '-mb-px inline-block whitespace-nowrap border-b-2 px-3 py-1.5',
                tab.current
                  ? 'border-accent font-medium text-content'
                  : 'border-transparent text-content-muted hover:text-content',
              )}
            >
              {tab.label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
