import type { ReactNode } from 'react'

/** Names and values, as a description list. A value that is null is left out. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,max-content)_1fr] gap-x-5 gap-y-1.5">
      {items
        .filter(([, value]) => value !== null)
        .map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-content-muted">{label}</dt>
            <dd className="wrap-long">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
