import { formatCount } from '@/lib/contract/units.ts'
import { INTERFACE_KIND } from '@/lib/contract/ve-interface.ts'
import type { VeInterfaceResource, VeResource } from '@/lib/ves/resource.ts'
import { Tag } from '../../_ui/badge.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { VeInterfaceActions } from './ve-interface-actions.tsx'

const formatRates = ({ inBits, outBits }: VeInterfaceResource['rate']): string =>
  inBits === null && outBits === null ? 'unlimited' : `${formatRate(inBits)}, ${formatRate(outBits)}`

const formatRate = (bits: number | null): string =>
  bits === null ? 'unlimited' : `${formatCount(bits / 1_000_000)} Mbit/s`

type Props = { ve: VeResource; above: boolean; disabledReason: string | null }

export function VeInterfaceTable({ ve, above, disabledReason }: Props) {
  if (ve.interfaces.length === 0)
    return <Empty title="No interface">It has no network but its own loopback.</Empty>
  return (
    <Table
      caption={`Interfaces of ${ve.name}`}
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>Kind</HeadCell>
          <HeadCell>Addresses</HeadCell>
          <HeadCell>Gateway</HeadCell>
          <HeadCell>Rate in, out</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {ve.interfaces.map((each) => (
        <Row key={each.id}>
          <Cell label="Name" lead>
            <span className="font-mono text-sm">{each.ifname}</span>{' '}
            {each.pending ? <Tag>on its way</Tag> : null}
          </Cell>
          <Cell label="Kind">
            {INTERFACE_KIND[each.kind].label}
            {each.kind === 'bridged' ? <Link each={each} /> : null}
          </Cell>
          <Cell label="Addresses">
            <AddressList each={each} />
          </Cell>
          <Cell label="Gateway">
            <span className="font-mono text-sm">
              {[each.gateway4, each.gateway6].filter(Boolean).join(', ') ||
                (each.kind === 'routed' ? 'its host' : 'none')}
            </span>
          </Cell>
          <Cell label="Rate">{formatRates(each.rate)}</Cell>
          <Cell>
            <VeInterfaceActions veId={ve.id} each={each} above={above} disabledReason={disabledReason} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

function Link({ each }: { each: VeInterfaceResource }) {
  const vlan = each.vlan === null ? '' : `, VLAN ${each.vlan}`
  return (
    <span className="block font-mono text-content-muted text-xs">
      {each.mac} on {each.bridge}
      {vlan}
    </span>
  )
}

function AddressList({ each }: { each: VeInterfaceResource }) {
  const all = [...each.addresses, ...each.prefixes]
  if (all.length === 0) return 'none'
  return (
    <ul>
      {all.map(({ id, address, pool, pending }) => (
        <li key={id}>
          <span className="font-mono text-sm">{address}</span>{' '}
          <span className="text-content-muted text-xs">{pool?.name}</span>{' '}
          {pending ? <Tag>on its way</Tag> : null}
        </li>
      ))}
    </ul>
  )
}
