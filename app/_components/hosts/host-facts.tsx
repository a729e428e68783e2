import Link from 'next/link'
import { ARCH } from '@/lib/contract/arch.ts'
import { formatBytes } from '@/lib/contract/units.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import { paths } from '@/lib/paths.ts'
import { Age } from '../../_ui/age.tsx'
import { Facts } from '../../_ui/facts.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { Moment } from '../moment.tsx'

export function HostFacts({ host }: { host: HostResource }) {
  const { facts } = host
  return (
    <Facts
      items={[
        [
          'Address',
          host.simulated ? null : (
            <span
              key="address"
              className="font-mono text-sm"
            >{`${host.user}@${host.address} port ${host.port}`}</span>
          ),
        ],
        [
          'Host key',
          host.fingerprint ? (
            <span key="key" className="font-mono text-sm">
              {host.fingerprint}
            </span>
          ) : null,
        ],
        [
          'Group',
          host.group ? (
            <Link key="group" href={paths.hostGroups()} prefetch={false} className={linkClass}>
              {host.group.name}
            </Link>
          ) : (
            'none'
          ),
        ],
        ['Host name', facts?.hostname ?? null],
        ['System', facts ? facts.distribution.name : null],
        ['Kernel', facts ? `Linux ${facts.kernel}` : null],
        ['Architecture', host.arch ? ARCH[host.arch].label : null],
        ['CPU', facts ? `${facts.cpus} × ${facts.cpuModel}` : null],
        ['Memory', facts ? formatBytes(facts.memoryBytes) : null],
        ['Swap', facts ? (facts.swapBytes === 0 ? 'none' : formatBytes(facts.swapBytes)) : null],
        ['Page size', facts ? formatBytes(facts.pageBytes) : null],
        ['Cgroups', facts ? `version ${facts.cgroupVersion}` : null],
        ['/vz', facts ? `${facts.vz.fileSystem}, ${formatBytes(facts.vz.totalBytes)}` : null],
        ['Bridges', facts ? facts.bridges.join(', ') || 'none' : null],
        ['Agent', host.agentVersion],
        ['Load', host.load1 === null ? null : host.load1.toFixed(2)],
        ['Last seen', host.lastSeenAt ? <Age key="seen" at={host.lastSeenAt} /> : 'never'],
        ['Added', <Moment key="added" at={host.createdAt} />],
      ]}
    />
  )
}
