import Link from 'next/link'
import type { ExitReason, VeExit } from '@/lib/contract/agent-protocol.ts'
import { ARCH } from '@/lib/contract/arch.ts'
import { STORAGE } from '@/lib/contract/storage.ts'
import { formatBytes, formatCount } from '@/lib/contract/units.ts'
import { VE_KIND } from '@/lib/contract/ve-application.ts'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { Age } from '../../_ui/age.tsx'
import { Tag } from '../../_ui/badge.tsx'
import { CopyButton } from '../../_ui/copy-button.tsx'
import { Facts } from '../../_ui/facts.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { HostStatusBadge } from '../hosts/host-status.tsx'
import { SimulatedBadge } from '../hosts/simulated-badge.tsx'
import { Moment } from '../moment.tsx'

export function VeFacts({ ve }: { ve: VeResource }) {
  return (
    <Facts
      items={[
        ['VEID', ve.veid],
        [
          'Host name',
          <span key="hostname" className="font-mono text-sm">
            {ve.hostname}
          </span>,
        ],
        ['Addresses', <Addresses key="addresses" addresses={ve.addresses} />],
        ['Host', <VeHost key="host" host={ve.host} />],
        [
          'Template',
          <Link key="template" href={paths.template(ve.template.id)} prefetch={false} className={linkClass}>
            {ve.template.name}
          </Link>,
        ],
        ['Plan', ve.plan ? <Plan key="plan" plan={ve.plan} /> : null],
        ['Kind', VE_KIND[ve.kind].label],
        [
          'Program',
          ve.application ? (
            <code key="program" className="font-mono text-sm">
              {ve.application.command.join(' ')}
            </code>
          ) : null,
        ],
        ['Spread group', ve.spreadGroup],
        ['Tags', ve.tags.length > 0 ? <Tags key="tags" tags={ve.tags} /> : null],
        ['Architecture', ARCH[ve.arch].label],
        ['Storage', STORAGE[ve.storage].label],
        ['Name servers', ve.dns.servers.length > 0 ? ve.dns.servers.join(', ') : 'those of its host'],
        ['Search domains', ve.dns.search.length > 0 ? ve.dns.search.join(', ') : null],
        [
          'Running since',
          ve.state === 'running' && ve.startedAt ? <Moment key="started" at={ve.startedAt} /> : null,
        ],
        ['Last ended', ve.lastExit ? <LastExit key="exit" exit={ve.lastExit} /> : null],
        ['Starts with its host', ve.startOnBoot ? `yes, in order ${ve.bootOrder}` : 'no'],
        ['Created', <Moment key="created" at={ve.createdAt} />],
        ['Last seen', ve.observedAt ? <Age key="seen" at={ve.observedAt} /> : 'never'],
      ]}
    />
  )
}

function Plan({ plan }: { plan: NonNullable<VeResource['plan']> }) {
  return (
    <>
      <Link href={paths.plan(plan.id)} prefetch={false} className={linkClass}>
        {plan.name}
      </Link>
      , version {plan.version}
    </>
  )
}

const EXIT_REASON: Record<ExitReason, string> = {
  halt: 'it was shut down',
  reboot: 'it was rebooted',
  'stopped-by-host': 'it was stopped',
  ended: 'its program ended',
  crashed: 'its init died',
}

function LastExit({ exit }: { exit: VeExit }) {
  const how = exit.signal === null ? `code ${exit.exitCode ?? 0}` : `signal ${exit.signal}`
  const told = exit.reason === 'ended' || exit.reason === 'crashed' ? ` (${how})` : ''
  return (
    <>
      <Moment at={new Date(exit.at).toISOString()} />: {EXIT_REASON[exit.reason]}
      {told}
    </>
  )
}

function Addresses({ addresses }: { addresses: readonly string[] }) {
  if (addresses.length === 0) return 'none'
  return (
    <ul>
      {addresses.map((address) => (
        <li key={address} className="flex items-center gap-1 font-mono text-sm">
          {address}
          <CopyButton text={address} label={`Copy ${address}`} />
        </li>
      ))}
    </ul>
  )
}

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <ul className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li key={tag}>
          <Tag>{tag}</Tag>
        </li>
      ))}
    </ul>
  )
}

function VeHost({ host }: { host: VeResource['host'] }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Link href={paths.host(host.id)} prefetch={false} className={linkClass}>
        {host.name}
      </Link>
      {host.simulated ? <SimulatedBadge /> : null}
      {host.status === 'online' ? null : <HostStatusBadge status={host.status} />}
    </span>
  )
}

export function VeLimitFacts({ limits }: { limits: VeResource['limits'] }) {
  return (
    <Facts
      items={[
        ['Memory', formatBytes(limits.memoryBytes)],
        ['Swap', limits.swapBytes === 0 ? 'none' : formatBytes(limits.swapBytes)],
        ['Disk', formatBytes(limits.diskBytes)],
        ['Processes', formatCount(limits.processes)],
        ['CPU weight', `${formatCount(limits.cpuUnits)} units`],
        ['CPU cap', limits.cpuLimitPercent === null ? 'none' : `${limits.cpuLimitPercent} % of one CPU`],
      ]}
    />
  )
}
