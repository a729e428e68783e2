import Link from 'next/link'
import { HeadCell } from '../../_ui/table.tsx'
import { listHref } from './list-params.ts'

/** A column head that sorts: once up, once more down. */
export function SortHead({
  path,
  params,
  field,
  sort,
  children,
  className,
}: {
  path: string
  params: Record<string, string>
  field: string
  /** The order in force, such as "-createdAt". */
  sort: string
  children: string
  className?: string
}) {
  const direction = sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none'
  const next = direction === 'ascending' ? `-${field}` : field
  return (
    <HeadCell aria-sort={direction} className={className}>
      <Link
        href={listHref(path, params, { sort: next })}
        prefetch={false}
        replace
        className="inline-flex items-center gap-1 hover:text-content"
      >
        {children}
        {direction === 'none' ? null : <span aria-hidden>{direction === 'descending' ? '↓' : '↑'}</span>}
      </Link>
    </HeadCell>
  )
}
