import { formatBytes } from '@/lib/contract/units.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { SUSPEND_REASON } from '@/lib/ves/suspension.ts'
import { TRAFFIC_ACTION } from '@/lib/ves/traffic-settings.ts'
import { Callout } from '../../_ui/callout.tsx'
import { Moment } from '../moment.tsx'
import { ProblemCard } from '../problem-card.tsx'

/** What whoever opens a VE has to know before anything else; nothing when all is as usual. */
export function VeNotices({ ve }: { ve: VeResource }) {
  const notices = [
    ve.problem ? <ProblemCard key="problem" problem={ve.problem} reference={ve.id} role="status" /> : null,
    ve.suspended ? <Suspended key="suspended" suspended={ve.suspended} /> : null,
    ve.state === 'hibernated' ? <Hibernated key="hibernated" hibernated={ve.hibernated} /> : null,
    ve.rescue && ve.state === 'running' ? (
      <Callout key="rescue" tone="caution" title="It runs in rescue" role="status">
        A small system of its template runs in its place; its own disk is at /mnt/ve. End the rescue to start
        it from its own disk again.
      </Callout>
    ) : null,
    ve.pendingRestart ? (
      <Callout key="restart" tone="caution" title="Some changes wait for a restart" role="status">
        It runs with what it was started with. Restart it to take up what was changed since.
      </Callout>
    ) : null,
    ve.traffic.exceededAt ? <OverTraffic key="traffic" traffic={ve.traffic} /> : null,
  ].filter(Boolean)
  return notices.length === 0 ? null : <div className="mb-5 grid gap-3">{notices}</div>
}

function Hibernated({ hibernated }: Pick<VeResource, 'hibernated'>) {
  return (
    <Callout title="It is hibernated" role="status">
      {hibernated ? (
        <>
          Since <Moment at={hibernated.at} />, with {formatBytes(hibernated.bytes)} of memory on the disk of
          its host.{' '}
        </>
      ) : null}
      Resume it, and its programs go on where they were. It survives a reboot of its host, and does not start
      with it.
    </Callout>
  )
}

function Suspended({ suspended }: { suspended: NonNullable<VeResource['suspended']> }) {
  return (
    <Callout
      tone="danger"
      title={`Suspended: ${SUSPEND_REASON[suspended.reason].label.toLowerCase()}`}
      role="status"
    >
      <p>
        Since <Moment at={suspended.at} />. It can be neither started nor resumed until the suspension is
        lifted.
      </p>
      {suspended.note ? <p className="mt-1">{suspended.note}</p> : null}
    </Callout>
  )
}

function OverTraffic({ traffic }: { traffic: VeResource['traffic'] }) {
  return (
    <Callout tone="caution" title="Its traffic for this month is used up" role="status">
      {formatBytes(traffic.usedBytes)} of {formatBytes(traffic.limitBytes)}.{' '}
      {TRAFFIC_ACTION[traffic.action].hint} The next month begins on {traffic.nextPeriodFrom}.
    </Callout>
  )
}
