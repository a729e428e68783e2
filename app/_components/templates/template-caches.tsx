import Link from 'next/link'
import { formatBytes } from '@/lib/contract/units.ts'
import { paths } from '@/lib/paths.ts'
import type { TemplateResource } from '@/lib/templates/resource.ts'
import { Empty } from '../../_ui/empty.tsx'
import { Section } from '../../_ui/section.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { rowLinkClass } from '../../_ui/text-link.ts'
import { Moment } from '../moment.tsx'

/** The hosts that have it built. */
export function TemplateCaches({ caches }: { caches: TemplateResource['caches'] }) {
  if (caches.length === 0)
    return (
      <Section title="Built on">
        <Empty title="On no host yet">A VE can be made from it once a host has built it.</Empty>
      </Section>
    )
  const head = (
    <>
      <HeadCell>Host</HeadCell>
      <HeadCell className="text-right">Packages</HeadCell>
      <HeadCell className="text-right">On disk</HeadCell>
      <HeadCell>Built</HeadCell>
    </>
  )
  return (
    <Section title="Built on" flush>
      <Table caption="Hosts that have it" head={head}>
        {caches.map((cache) => (
          <Row key={cache.host.id}>
            <Cell lead className="max-w-64">
              <Link href={paths.host(cache.host.id)} prefetch={false} className={rowLinkClass}>
                {cache.host.name}
              </Link>
            </Cell>
            <Cell label="Packages" numeric>
              {cache.packages}
            </Cell>
            <Cell label="On disk" numeric>
              {formatBytes(cache.diskBytes)}
            </Cell>
            <Cell label="Built" className="text-content-muted">
              <Moment at={cache.builtAt} />
            </Cell>
          </Row>
        ))}
      </Table>
    </Section>
  )
}
