import { db } from '../db/client.ts'
import type { SetupStepState } from './step.ts'

/** One line of what `npm run up` is doing. `detail` is one line of text or null. */
export type SetupStep = {
  key: string
  position: number
  label: string
  state: SetupStepState
  detail: string | null
  updatedAt: Date
}

/** The steps of the latest `npm run up`, in order; empty when this panel was started otherwise. */
export async function listSetupSteps(): Promise<SetupStep[]> {
  const steps = await db().setupStep.findMany({ orderBy: { position: 'asc' } })
  return steps.map((step) => ({ ...step, state: step.state as SetupStepState }))
}
