import Link from 'next/link'
import { paths } from '@/lib/paths.ts'
import { buttonClass } from './_ui/button-class.ts'

export default function NotFound() {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-3 px-4 text-center">
      <h1 className="font-semibold text-xl">There is no such page</h1>
      <p className="max-w-[52ch] text-content-muted">
        What was here may have been removed, or it is not yours to see. Nothing was changed by looking.
      </p>
      <Link href={paths.home()} className={buttonClass('primary', 'mt-2')}>
        To the overview
      </Link>
    </main>
  )
}
