import Link from 'next/link'
import { paths } from '@/lib/paths.ts'
import { buttonClass } from '../_ui/button-class.ts'
import { Empty } from '../_ui/empty.tsx'
import { PageHeader } from '../_ui/page-header.tsx'

export default function NotFound() {
  return (
    <>
      <PageHeader title="There is no such thing here" />
      <Empty
        title="It may have been removed, or it is not yours to see."
        action={
          <Link href={paths.home()} className={buttonClass()}>
            To the overview
          </Link>
        }
      >
        Check the address, or go back to the list that you came from.
      </Empty>
    </>
  )
}
