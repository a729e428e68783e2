import type { HostResource } from '@/lib/hosts/resource.ts'
import { isLive } from '@/lib/operations/definition.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { Section } from '../../_ui/section.tsx'
import { ProblemCard } from '../problem-card.tsx'
import { HostEnrolAgain } from './host-enrol-again.tsx'

/** What is wrong with a host, and, where its enrolment failed, the way to try again. */
export function HostTrouble({
  host,
  operations,
}: {
  host: HostResource
  operations: readonly OperationResource[]
}) {
  const enrolling = operations.some(
    (operation) => operation.type === 'host-enrol' && isLive(operation.status),
  )
  if (host.problem === null && host.status !== 'failed') return null
  return (
    <div className="mb-5 grid gap-5">
      {host.problem ? <ProblemCard problem={host.problem} reference={host.id} role="status" /> : null}
      {host.status === 'failed' && !enrolling ? (
        <Section title="Try again">
          <HostEnrolAgain id={host.id} user={host.user} simulated={host.simulated} />
        </Section>
      ) : null}
    </div>
  )
}
