import { limitDifferences } from '@/lib/limits/limit-differences.ts'
import type { PlanVersionResource } from '@/lib/plans/resource.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { Moment } from '../moment.tsx'
import { LimitDifferenceList } from './limit-difference-list.tsx'

/** Newest first, each with what it changed. */
export function PlanVersions({ versions }: { versions: readonly PlanVersionResource[] }) {
  const head = (
    <>
      <HeadCell className="w-20">Version</HeadCell>
      <HeadCell>What changed</HeadCell>
      <HeadCell>Note</HeadCell>
      <HeadCell>By</HeadCell>
      <HeadCell className="text-right">VEs</HeadCell>
      <HeadCell className="text-right">Made</HeadCell>
    </>
  )
  return (
    <Table caption="Versions" head={head}>
      {versions.map((version, index) => (
        <Row key={version.id}>
          <Cell lead className="font-medium">
            <span className="md:hidden">Version </span>
            {version.number}
          </Cell>
          <Cell label="Changed" className="text-sm">
            <Changed version={version} before={versions[index + 1]} />
          </Cell>
          <Cell label="Note" className="max-w-80">
            {version.note}
          </Cell>
          <Cell label="By" className="text-content-muted">
            {version.actorName}
          </Cell>
          <Cell label="VEs" numeric>
            {version.ves}
          </Cell>
          <Cell label="Made" numeric className="text-content-muted">
            <Moment at={version.createdAt} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

type ChangedProps = { version: PlanVersionResource; before: PlanVersionResource | undefined }

function Changed({ version, before }: ChangedProps) {
  if (version.number === 1) return <span className="text-content-muted">the first</span>
  // On the next page.
  if (!before) return null
  return <LimitDifferenceList differences={limitDifferences(before.limits, version.limits)} />
}
