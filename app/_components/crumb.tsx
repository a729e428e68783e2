import Link from 'next/link'

/** A link up, to the list that a page belongs to. */
export function Crumb({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} prefetch={false} className="hover:text-content hover:underline">
      {children}
    </Link>
  )
}
