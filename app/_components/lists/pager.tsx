import Link from 'next/link'
import { formatCount } from '@/lib/contract/units.ts'
import { buttonClass } from '../../_ui/button-class.ts'
import { listHref } from './list-href.ts'

/** Where in a list this page is, and the ways on. Going back is the browser's: every page has its own address. */
export function Pager({
  path,
  params,
  shown,
  skipped,
  total,
  next,
}: {
  path: string
  params: Record<string, string>
  shown: number
  skipped: number
  /** Left out of a list that only grows: counting it would cost more with every year. */
  total?: number
  next: string | null
}) {
  const range = shown === 0 ? '0' : `${formatCount(skipped + 1)}–${formatCount(skipped + shown)}`
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-2"
    >
      <p className="text-content-muted text-sm">
        {total === undefined ? range : `${range} of ${formatCount(total)}`}
      </p>
      <div className="flex gap-2">
        {params.cursor ? (
          <Link
            href={listHref(path, params, { cursor: null, skipped: null })}
            prefetch={false}
            className={buttonClass()}
          >
            First page
          </Link>
        ) : null}
        {next ? (
          <Link
            href={listHref(path, params, { cursor: next, skipped: String(skipped + shown) })}
            prefetch={false}
            className={buttonClass()}
          >
            Next page
          </Link>
        ) : null}
      </div>
    </nav>
  )
}
