import Link from 'next/link'
import { StateBadge } from '../../_ui/badge.tsx'
import { Section } from '../../_ui/section.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import type { Attention } from './read-attention.ts'

export function NeedsAttention({ items }: { items: readonly Attention[] }) {
  return (
    <Section title="Needs attention" className="lg:col-span-3" flush>
      {items.length === 0 ? (
        <p className="px-4 py-3 text-content-muted">
          Nothing: no host is silent, nothing is failed or stuck.
        </p>
      ) : (
        <ul>
          {items.map((item) => (
            <li
              key={item.id}
              className="grid items-start gap-x-4 gap-y-0.5 border-line border-b px-4 py-2 last:border-b-0 sm:grid-cols-[6.5rem_minmax(0,16rem)_1fr]"
            >
              <StateBadge tone={item.tone}>{item.kind}</StateBadge>
              <Link href={item.href} prefetch={false} className={`wrap-long ${linkClass}`}>
                {item.name}
              </Link>
              <span className="wrap-long text-content-muted">{item.what}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
