import Link from 'next/link'
import { paths } from '@/lib/paths.ts'
import { listSetupSteps } from '@/lib/setup/steps.ts'
import { Callout } from '../../_ui/callout.tsx'
import { linkClass } from '../../_ui/text-link.ts'
import { Live } from '../live/live.tsx'
import { setupProgress } from './setup-progress.ts'

/** While the first fleet is being raised, every page says so; afterwards nothing is here. */
export async function SetupBanner() {
  const { state, done, total, now } = setupProgress(await listSetupSteps())
  if (state === 'none' || state === 'done') return null
  return (
    <div className="mb-5 group-has-data-setup-page/page:hidden">
      <Live topics={['setup']} />
      <Callout tone={state === 'failed' ? 'danger' : 'busy'} role="status">
        <p className="flex flex-wrap justify-between gap-x-6 gap-y-1">
          <span>
            {state === 'failed' ? 'The first set-up stopped: ' : 'The first fleet is being set up: '}
            {now?.label} ({done} of {total} done)
          </span>
          <Link href={paths.setup()} className={linkClass}>
            Watch it
          </Link>
        </p>
      </Callout>
    </div>
  )
}
