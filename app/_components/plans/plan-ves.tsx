import Link from 'next/link'
import type { VeLimits } from '@/lib/contract/ve-limits.ts'
import { limitDifferences } from '@/lib/limits/limit-differences.ts'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { linkClass, rowLinkClass } from '../../_ui/text-link.ts'
import { SimulatedBadge } from '../hosts/simulated-badge.tsx'
import { VeStateBadge } from '../ves/ve-state-badge.tsx'

type PlanVesProps = {
  ves: readonly VeResource[]
  latest: number
  /** By number, as far as they are on the page. */
  limits: ReadonlyMap<number, VeLimits>
}

/** The VEs that use a plan, in which version, and whether they were changed since. */
export function PlanVes({ ves, latest, limits }: PlanVesProps) {
  const head = (
    <>
      <HeadCell>Name</HeadCell>
      <HeadCell className="w-36">State</HeadCell>
      <HeadCell>Host</HeadCell>
      <HeadCell>Owner</HeadCell>
      <HeadCell className="text-right">Version</HeadCell>
      <HeadCell className="text-right">Differs from it in</HeadCell>
    </>
  )
  return (
    <Table caption="VEs with this plan" head={head}>
      {ves.map((ve) => (
        <Row key={ve.id}>
          <Cell lead className="max-w-72 md:min-w-36">
            <Link href={paths.ve(ve.id)} prefetch={false} data-row-link className={rowLinkClass}>
              {ve.name}
            </Link>
          </Cell>
          <Cell label="State">
            <VeStateBadge state={ve.state} />
          </Cell>
          <Cell label="Host" className="max-w-60">
            <Link
              href={paths.host(ve.host.id)}
              prefetch={false}
              className={`layer-row-content relative ${linkClass}`}
            >
              {ve.host.name}
            </Link>{' '}
            {ve.host.simulated ? <SimulatedBadge /> : null}
          </Cell>
          <Cell label="Owner" minor className="text-content-muted">
            {ve.account.name}
          </Cell>
          <Cell label="Version" numeric>
            {ve.plan?.version}
            {ve.plan && ve.plan.version < latest ? <span className="text-caution"> (older)</span> : null}
          </Cell>
          <Cell label="Differs in" numeric>
            <Differs ve={ve} given={limits.get(ve.plan?.version ?? 0)} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

function Differs({ ve, given }: { ve: VeResource; given: VeLimits | undefined }) {
  const count = given ? limitDifferences(given, ve.limits).length : 0
  const text = !given ? 'see' : count === 0 ? 'nothing' : `${count} ${count === 1 ? 'limit' : 'limits'}`
  return (
    <Link
      href={paths.vePlan(ve.id)}
      prefetch={false}
      aria-label={`${ve.name} differs from its plan in: ${text}`}
      className={`layer-row-content relative ${linkClass}`}
    >
      {text}
    </Link>
  )
}
