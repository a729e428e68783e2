import { Ban, Check, CircleDashed, LoaderCircle, RotateCcw, TriangleAlert, Undo2 } from 'lucide-react'
import type { ComponentType } from 'react'
import type { StepStatus } from '@/lib/operations/definition.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { cx } from '../../_ui/cx.ts'
import { STEP_STATUS } from './operation-status.tsx'
import { OperationTook } from './operation-took.tsx'

const ICON: Record<StepStatus, { Icon: ComponentType<{ className?: string }>; look: string }> = {
  waiting: { Icon: CircleDashed, look: 'text-content-faint' },
  running: { Icon: LoaderCircle, look: 'text-accent motion-safe:animate-spin' },
  done: { Icon: Check, look: 'text-positive' },
  failed: { Icon: TriangleAlert, look: 'text-danger' },
  undoing: { Icon: RotateCcw, look: 'text-caution' },
  undone: { Icon: Undo2, look: 'text-content-muted' },
  'undo-failed': { Icon: Ban, look: 'text-danger' },
}

/** The steps of an operation in order, each with its state, what it says of itself, and its time. */
export function OperationSteps({ steps }: { steps: OperationResource['steps'] }) {
  return (
    <ol aria-label="Steps">
      {steps.map((step) => {
        const { Icon, look } = ICON[step.status]
        return (
          <li
            key={step.name}
            aria-current={step.status === 'running' ? 'step' : undefined}
            className="flex items-start gap-3 border-line border-b px-4 py-2.5 last:border-b-0"
          >
            <span aria-hidden className="mt-0.5 shrink-0">
              <Icon className={cx('size-4', look)} />
            </span>
            <div className="wrap-long flex-1">
              <p className={step.status === 'waiting' ? 'text-content-muted' : 'font-medium'}>{step.label}</p>
              {step.detail ? <p className="text-content-muted text-sm">{step.detail}</p> : null}
            </div>
            <p className="shrink-0 text-right text-content-muted text-sm">
              <span className={step.status === 'waiting' || step.status === 'done' ? 'sr-only' : undefined}>
                {STEP_STATUS[step.status].label}{' '}
              </span>
              <OperationTook operation={step} />
            </p>
          </li>
        )
      })}
    </ol>
  )
}
