import { expect, test } from 'vitest'
import { veSpec } from '../contract/ve-spec.ts'
import { type VeRow, veSpecOf } from './spec.ts'

const ROW = {
  id: '018f0000-0000-7000-8000-000000000001',
  veid: 101,
  epoch: 3,
  name: 'web1',
  hostname: 'web1.example.org',
  arch: 'x86-64',
  idBase: 1_048_576n,
  storage: 'image',
  diskBytes: 4_294_967_296n,
  memoryBytes: 536_870_912n,
  swapBytes: 0n,
  processes: 1024,
  cpuUnits: 1000,
  cpuLimitPercent: null,
  dnsServers: ['192.0.2.53'],
  searchDomains: ['example.org'],
  addresses: [
    { address: '192.0.2.10', releasedAt: null },
    { address: '2001:db8::10/128', releasedAt: null },
    { address: '192.0.2.11', releasedAt: new Date() },
  ],
} as unknown as VeRow

test('a row is a specification that agents accept, with the addresses it holds now', () => {
  const spec = veSpecOf(ROW)
  expect(veSpec.parse(spec)).toEqual(spec)
  expect(spec).toMatchObject({
    uuid: ROW.id,
    epoch: 3,
    idBase: 1_048_576,
    limits: { diskBytes: 4_294_967_296 },
  })
  expect(spec.interfaces).toEqual([
    { kind: 'routed', ifname: 'eth0', addresses: ['192.0.2.10', '2001:db8::10'] },
  ])
})
