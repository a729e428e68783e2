'use client'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import { listHref } from './list-href.ts'

/**
 * Sorts the list that the address names now. The address is ahead of the page while what was typed into the search is on its way:
 * a link made with the page would lose it.
 */
export function SortLink({ path, sort, children }: { path: string; sort: string; children: ReactNode }) {
  const params = Object.fromEntries(useSearchParams())
  return (
    <Link
      href={listHref(path, params, { sort })}
      prefetch={false}
      replace
      className="inline-flex items-center gap-1 hover:text-content"
    >
      {children}
    </Link>
  )
}
