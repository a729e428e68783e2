import Link from 'next/link'
import type { Viewer } from '@/lib/auth/viewer.ts'
import type { Page } from '@/lib/contract/resource.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { Empty } from '../../_ui/empty.tsx'
import { Section } from '../../_ui/section.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { listHref } from '../lists/list-href.ts'
import { VeTable } from '../ves/ve-table.tsx'

/** The first of a host's VEs, and the way to all of them. */
export function HostVes({
  viewer,
  host,
  ves,
}: {
  viewer: Viewer
  host: HostResource
  ves: Page<VeResource>
}) {
  const all = (
    <Link href={listHref(paths.ves(), {}, { hostId: host.id })} prefetch={false} className={linkClass}>
      {ves.total === 1 ? 'In the list' : `All ${ves.total} in the list`}
    </Link>
  )
  return (
    <Section title="VEs" aside={ves.total > 0 ? all : null} className="lg:col-span-2" flush>
      {ves.total === 0 ? (
        <Empty title="No VE is on this host" />
      ) : (
        <VeTable viewer={viewer} ves={ves.items} />
      )}
    </Section>
  )
}
