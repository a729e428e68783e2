import type { SetupStepState } from '@/lib/setup/step.ts'
import type { SetupStep } from '@/lib/setup/steps.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'
import { Moment } from '../moment.tsx'

const STATE: Record<SetupStepState, { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  running: { label: 'Running', tone: 'busy' },
  done: { label: 'Done', tone: 'positive' },
  failed: { label: 'Failed', tone: 'danger' },
}

export function SetupStepList({ steps }: { steps: readonly SetupStep[] }) {
  return (
    <ol>
      {steps.map((step) => (
        <li
          key={step.key}
          aria-current={step.state === 'running' ? 'step' : undefined}
          className="grid gap-x-4 gap-y-0.5 border-line border-b px-4 py-2.5 last:border-b-0 sm:grid-cols-[6.5rem_1fr_auto]"
        >
          <StateBadge tone={STATE[step.state].tone}>{STATE[step.state].label}</StateBadge>
          <div className="wrap-long">
            <p className={step.state === 'waiting' ? 'text-content-muted' : 'font-medium'}>{step.label}</p>
            {step.detail ? <p className="text-content-muted text-sm">{step.detail}</p> : null}
          </div>
          <p className="text-content-muted text-sm">
            {step.state === 'waiting' ? null : <Moment at={step.updatedAt.toISOString()} />}
          </p>
        </li>
      ))}
    </ol>
  )
}
