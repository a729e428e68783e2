'use client'
import Link from 'next/link'
import { useRouter, useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import { listHref } from './list-href.ts'

/**
 * Sorts the list that the address names at that moment. The address is ahead of the page, and of what Next tells of it, while what was
 * typed into the search is on its way: a link made with the page would lose it.
 */
export function SortLink({ path, sort, children }: { path: string; sort: string; children: ReactNode }) {
  const router = useRouter()
  const href = (params: URLSearchParams) => listHref(path, Object.fromEntries(params), { sort })
  return (
    <Link
      href={href(useSearchParams())}
      onNavigate={(event) => {
        event.preventDefault()
        router.replace(href(new URLSearchParams(window.location.search)))
      }}
      prefetch={false}
      replace
      className="inline-flex items-center gap-1 hover:text-content"
    >
      {children}
    </Link>
  )
}
