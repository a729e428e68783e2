import Link from 'next/link'
import { ARCH } from '@/lib/contract/arch.ts'
import { paths } from '@/lib/paths.ts'
import type { TemplateResource } from '@/lib/templates/resource.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { rowLinkClass } from '../../_ui/text-link.ts'
import { SortHead } from '../lists/sort-head.tsx'
import { Moment } from '../moment.tsx'
import { TemplateStatusBadge } from './template-status.tsx'

type Order = { path: string; sort: string }

export function TemplateTable({
  templates,
  order,
}: {
  templates: readonly TemplateResource[]
  order: Order
}) {
  const head = (
    <>
      <SortHead {...order} field="name">
        Name
      </SortHead>
      <HeadCell className="w-28">Status</HeadCell>
      <HeadCell>System</HeadCell>
      <HeadCell>Architecture</HeadCell>
      <HeadCell>Built on</HeadCell>
      <HeadCell className="text-right">VEs</HeadCell>
      <SortHead {...order} field="createdAt" className="text-right">
        Made
      </SortHead>
    </>
  )
  return (
    <Table caption="Templates" head={head}>
      {templates.map((template) => (
        <Row key={template.id}>
          <Cell lead className="max-w-72 md:min-w-36">
            <Link href={paths.template(template.id)} prefetch={false} data-row-link className={rowLinkClass}>
              {template.name}
            </Link>
          </Cell>
          <Cell label="Status">
            <TemplateStatusBadge status={template.status} />
          </Cell>
          <Cell
            label="System"
            className="text-content-muted"
          >{`Debian ${template.definition.suite}, ${template.definition.init}`}</Cell>
          <Cell label="Architecture" minor className="text-content-muted">
            {ARCH[template.arch].label}
          </Cell>
          <Cell label="Built on" className="max-w-64 text-content-muted">
            <span className="line-clamp-2">
              {template.caches.length === 0
                ? 'no host yet'
                : template.caches.map((cache) => cache.host.name).join(', ')}
            </span>
          </Cell>
          <Cell label="VEs" numeric>
            {template.ves}
          </Cell>
          <Cell label="Made" numeric minor className="text-content-muted">
            <Moment at={template.createdAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}
