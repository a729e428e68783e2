import type { HostFacts } from '@/lib/contract/host-facts.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import { Empty } from '../../_ui/empty.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'

/** "block, 10 GiB" */
export function deviceKind(type: HostFacts['devices'][number]['type'], sizeBytes: number | null): string {
  const kind = type === 'char' ? 'character' : type
  return sizeBytes === null ? kind : `${kind}, ${formatBytes(sizeBytes)}`
}

/** What a host has to give away, and what is in use. */
export function HostDeviceTable({ facts }: { facts: HostFacts }) {
  const devices = [
    ...facts.devices.map(({ path, type, sizeBytes, usedFor }) => ({
      name: path,
      what: deviceKind(type, sizeBytes),
      usedFor,
    })),
    ...facts.networkDevices.map(({ name, mac, usedFor }) => ({ name, what: `network, ${mac}`, usedFor })),
  ]
  if (devices.length === 0)
    return <Empty title="Nothing to give">It reports no device that a VE could be given.</Empty>
  return (
    <Table
      caption="Devices of the host"
      head={
        <>
          <HeadCell>Device</HeadCell>
          <HeadCell>What it is</HeadCell>
          <HeadCell>Use</HeadCell>
        </>
      }
    >
      {devices.map(({ name, what, usedFor }) => (
        <Row key={name}>
          <Cell label="Device" lead>
            <span className="font-mono text-sm">{name}</span>
          </Cell>
          <Cell label="What it is">{what}</Cell>
          <Cell label="Use">{usedFor ?? 'free'}</Cell>
        </Row>
      ))}
    </Table>
  )
}
