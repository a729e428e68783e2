import Link from 'next/link'
import type { ReactNode } from 'react'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { Live } from '../../../_components/live/live.tsx'
import { OperationSteps } from '../../../_components/operations/operation-steps.tsx'
import { ProblemCard } from '../../../_components/problem-card.tsx'
import { buttonClass } from '../../../_ui/button-class.ts'
import { CopyButton } from '../../../_ui/copy-button.tsx'
import { Section } from '../../../_ui/section.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { type Flow, flowHref, type ProbeResult, startHref } from './flow.ts'

/** The command that prints the same fingerprint on the host itself. */
const COMPARE = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'

/** Step 2: whom we are talking to. The admin compares, before any secret is asked for. */
export function IdentityStep({
  flow,
  operation,
  probe,
}: {
  flow: Flow
  operation: OperationResource
  probe: ProbeResult | null
}) {
  const back = (
    <Link href={startHref(flow)} className={buttonClass('quiet')}>
      Back
    </Link>
  )
  if (probe) return <Compare flow={flow} probe={probe} back={back} />
  return (
    <div className="grid gap-5">
      <Live topics={['operation']} ids={[operation.id]} />
      <Section title={`Looking at ${flow.address}, port ${flow.port}`} flush>
        <div role="status">
          <OperationSteps steps={operation.steps} />
        </div>
      </Section>
      {operation.problem ? (
        <ProblemCard
          problem={operation.problem}
          state="Nothing was sent to the host but the question for its key."
          reference={operation.id}
        />
      ) : null}
      <div>{back}</div>
    </div>
  )
}

function Compare({ flow, probe, back }: { flow: Flow; probe: ProbeResult; back: ReactNode }) {
  return (
    <Section title="Is this the host you mean?">
      <p>
        The machine at <span className="font-mono">{flow.address}</span>, port {flow.port}, shows this{' '}
        {probe.keyType} key:
      </p>
      <p
        role="status"
        className="wrap-long my-3 rounded border border-line-strong bg-surface-sunken px-4 py-3 font-mono text-lg"
      >
        <span className="sr-only">Fingerprint: </span>
        {probe.fingerprint}
      </p>
      <p>Compare it with what the host itself says. At its console, or where you are signed in already:</p>
      <p className="my-2 flex items-center gap-1">
        <code className="wrap-long rounded bg-surface-sunken px-2 py-1 font-mono text-sm">{COMPARE}</code>
        <CopyButton text={COMPARE} label="Copy the command" />
      </p>
      <p className="text-content-muted">
        If they differ, somebody stands between: go back and find out who. Once confirmed, Corral talks only
        to a host with this key.
      </p>
      <div className="mt-5 flex flex-wrap gap-2">
        <ConfirmButton href={flowHref({ ...flow, confirmed: 'yes' })} />
        {back}
      </div>
    </Section>
  )
}
