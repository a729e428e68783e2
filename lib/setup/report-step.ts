/** The writing side: plain pg, because `npm run up` stays in memory and should not carry Prisma. */
import { type CorralEvent, EVENT_CHANNEL } from '../events/event.ts'
import type { SetupStepState } from './step.ts'

/** A pg Pool or Client. */
export type Queryable = { query: (text: string, values?: unknown[]) => Promise<unknown> }

/** One line of what `npm run up` is doing; steps are ordered by position. */
export type ReportedStep = {
  key: string
  position: number
  label: string
  state: SetupStepState
  detail: string | null
}

const CHANGED: CorralEvent = { topic: 'setup', id: null, accountId: null }

/** Writes the step and tells the pages that listen. */
export async function reportSetupStep(database: Queryable, step: ReportedStep): Promise<void> {
  await database.query(
    `insert into setup_step (key, position, label, state, detail, updated_at) values ($1, $2, $3, $4, $5, now())
     on conflict (key) do update set position = excluded.position, label = excluded.label,
       state = excluded.state, detail = excluded.detail, updated_at = now()`,
    [step.key, step.position, step.label, step.state, step.detail],
  )
  await database.query('select pg_notify($1, $2)', [EVENT_CHANNEL, JSON.stringify(CHANGED)])
}

/** Forgets the steps of an earlier run, so that the page shows this one. */
export async function clearSetupSteps(database: Queryable): Promise<void> {
  await database.query('delete from setup_step')
}
