import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { getOperation } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { Moment } from '../../../_components/moment.tsx'
import { OperationActions } from '../../../_components/operations/operation-actions.tsx'
import { operationActions } from '../../../_components/operations/operation-allowed.ts'
import { OperationProblem } from '../../../_components/operations/operation-problem.tsx'
import { OperationProgress } from '../../../_components/operations/operation-progress.tsx'
import { OperationStatusBadge } from '../../../_components/operations/operation-status.tsx'
import { OperationSubject } from '../../../_components/operations/operation-subject.tsx'
import { OperationTook } from '../../../_components/operations/operation-took.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { Facts } from '../../../_ui/facts.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Operation' }

export default async function OperationPage({ params }: { params: Promise<{ operation: string }> }) {
  const viewer = await requireViewer()
  const operation = await orNotFound(getOperation(viewer, (await params).operation))
  return (
    <>
      <Live topics={['operation']} ids={[operation.id]} gatherMs={120} />
      <PageHeader
        trail={<Crumb href={paths.operations()}>Operations</Crumb>}
        title={operation.title}
        state={
          <span role="status">
            <OperationStatusBadge status={operation.status} />
          </span>
        }
        actions={<OperationActions id={operation.id} {...operationActions(viewer, operation)} />}
      />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-5">
          <OperationProblem operation={operation} />
          <OperationProgress operationId={operation.id} steps={operation.steps} />
        </div>
        <Section title="About">
          <Facts
            items={[
              ['Works on', <OperationSubject key="subject" operation={operation} />],
              ['Asked for by', operation.actorName],
              ['Asked for', <Moment key="created" at={operation.createdAt} />],
              ['Began', operation.startedAt ? <Moment key="started" at={operation.startedAt} /> : 'not yet'],
              ['Ended', operation.endedAt ? <Moment key="ended" at={operation.endedAt} /> : 'not yet'],
              ['Took', operation.startedAt ? <OperationTook key="took" operation={operation} /> : null],
              [
                'Reference',
                <span key="id" className="font-mono text-sm">
                  {operation.id}
                </span>,
              ],
            ]}
          />
        </Section>
      </div>
    </>
  )
}
