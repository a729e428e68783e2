import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'

const ROLE = {
  table: { role: 'table' },
  group: { role: 'rowgroup' },
  row: { role: 'row' },
  cell: { role: 'cell' },
} as const

/**
 * A table that turns into stacked rows on a narrow screen: every `Cell` then shows its `label` before its value. Roles
 * are spelt out because `display: grid` takes a table's own away.
 */
export function Table({
  caption,
  head,
  children,
}: {
  caption: string
  head: ReactNode
  children: ReactNode
}) {
  return (
    <table {...ROLE.table} className="w-full border-collapse text-left max-md:block">
      <caption className="sr-only">{caption}</caption>
      <thead {...ROLE.group} className="max-md:sr-only">
        <tr {...ROLE.row}>{head}</tr>
      </thead>
      <tbody {...ROLE.group} className="max-md:block">
        {children}
      </tbody>
    </table>
  )
}

export function HeadCell({ children, className, ...rest }: ComponentProps<'th'>) {
  return (
    <th
      {...rest}
      scope="col"
      className={cx(
        'h-9 whitespace-nowrap border-line border-b px-3 font-medium text-content-muted text-sm first:pl-4 last:pr-4',
        className,
      )}
    >
      {children}
    </th>
  )
}

export function Row({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <tr
      {...ROLE.row}
      className={cx(
        'group relative border-line border-b last:border-b-0 focus-within:bg-surface-hover hover:bg-surface-hover',
        'max-md:grid max-md:grid-cols-[6.5rem_1fr] max-md:gap-x-3 max-md:gap-y-1 max-md:px-4 max-md:py-3',
        className,
      )}
    >
      {children}
    </tr>
  )
}

const isEmpty = (children: ReactNode) => children === null || children === undefined || children === ''

/**
 * `label` is the column's name again, for the stacked layout; without one the cell takes the whole width there. There,
 * `lead` comes first and `minor` is left out: the thing's own page has it. So is what is empty.
 */
export function Cell({
  label,
  children,
  className,
  numeric = false,
  lead = false,
  minor = false,
}: {
  label?: string
  children: ReactNode
  className?: string
  numeric?: boolean
  lead?: boolean
  minor?: boolean
}) {
  return (
    <td
      {...ROLE.cell}
      className={cx(
        'wrap-long px-3 py-2 align-middle first:pl-4 last:pr-4 max-md:p-0! max-md:text-left!',
        'max-md:col-span-2 max-md:grid max-md:grid-cols-subgrid',
        numeric && 'text-right',
        lead && 'max-md:order-first',
        (minor || isEmpty(children)) && 'max-md:hidden!',
        className,
      )}
    >
      {label ? (
        <span aria-hidden className="text-content-muted text-sm md:hidden">
          {label}
        </span>
      ) : null}
      <div className={cx('min-w-0', !label && 'max-md:col-span-2')}>{children}</div>
    </td>
  )
}
