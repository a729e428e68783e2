'use client'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { Section } from '../../_ui/section.tsx'
import { OperationLog } from './operation-log.tsx'
import { OperationSteps } from './operation-steps.tsx'
import { useOperationNews } from './use-operation-news.ts'

/** Steps and log, as they happen. */
export function OperationProgress({
  operationId,
  steps,
}: {
  operationId: string
  steps: OperationResource['steps']
}) {
  const news = useOperationNews(operationId, steps)
  return (
    <>
      <Section title="Steps" flush>
        <OperationSteps steps={news.steps} />
      </Section>
      <Section title="Log" flush>
        <OperationLog lines={news.lines} lost={news.lost} />
      </Section>
    </>
  )
}
