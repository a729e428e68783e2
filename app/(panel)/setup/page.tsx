import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { listSetupSteps } from '@/lib/setup/steps.ts'
import { Live } from '../../_components/live/live.tsx'
import { setupProgress } from '../../_components/setup/setup-progress.ts'
import { SetupStepList } from '../../_components/setup/setup-step-list.tsx'
import { buttonClass } from '../../_ui/button-class.ts'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'
import { Section } from '../../_ui/section.tsx'

export const metadata: Metadata = { title: 'First run' }

const NOTE = {
  none: '',
  running: 'Corral is usable meanwhile. This page follows what npm run up does in the terminal.',
  failed: 'Read what stopped it, put it right, and run npm run up again: what is done is not done twice.',
  done: 'Everything that npm run up does is done.',
} as const

export default async function SetupPage() {
  await requireViewer()
  const steps = await listSetupSteps()
  const { state, done, total } = setupProgress(steps)
  return (
    <div data-setup-page>
      <Live topics={['setup']} />
      <PageHeader title="First run" note={NOTE[state]} />
      <Section title="Steps" aside={<span role="status">{`${done} of ${total} done`}</span>} flush>
        {state === 'none' ? (
          <Empty title="Nothing is being set up">
            This panel was not started by <code className="font-mono">npm run up</code>, or it has long been
            done.
          </Empty>
        ) : (
          <SetupStepList steps={steps} />
        )}
      </Section>
      {state === 'done' ? (
        <Link href={paths.veNew()} className={buttonClass('primary', 'mt-5')}>
          Create your first VE
        </Link>
      ) : null}
    </div>
  )
}
