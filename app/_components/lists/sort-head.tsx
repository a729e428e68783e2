import { HeadCell } from '../../_ui/table.tsx'
import { SortLink } from './sort-link.tsx'

/** A column head that sorts: once up, once more down. */
export function SortHead({
  path,
  field,
  sort,
  children,
  className,
}: {
  path: string
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
      <SortLink path={path} sort={next}>
        {children}
        {direction === 'none' ? null : <span aria-hidden>{direction === 'descending' ? '↓' : '↑'}</span>}
      </SortLink>
    </HeadCell>
  )
}
