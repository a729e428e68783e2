/** Starting, stopping, restarting, rescuing and destroying VEs: each queues an operation, the worker does it. */
import * as z from 'zod/mini'
import { recordAudit } from '../audit/record.ts'
import { ownedOrOffered } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { STOP_SECONDS_MOST } from '../contract/agent-constants.ts'
import { Problem } from '../contract/problem.ts'
import type { VeNamespace } from '../contract/ve-application.ts'
import { veGuestAccess } from '../contract/ve-spec.ts'
import { VE_STATE, type VeState } from '../contract/ve-state.ts'
import type { Db } from '../db/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { onVe } from './on-ve.ts'
import { refuseHostRoot } from './privileges.ts'

/** Init is given this long to halt when nobody says otherwise. */
export const STOP_TIMEOUT_SECONDS = 60

export const veRestartInput = z.object({
  /** How long init may take to halt before it is killed; 0 kills at once. Default 60. */
  timeoutSeconds: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(0, 'At least 0.'), z.lte(STOP_SECONDS_MOST, `At most ${STOP_SECONDS_MOST}.`)),
  ),
})
export const veStopInput = z.extend(veRestartInput, {
  /** Needed to stop a hibernated VE: its memory is thrown away, as when a machine's plug is pulled. */
  discardMemory: z.optional(z.boolean()),
})
export type VeStopInput = z.infer<typeof veStopInput>

export const veRescueInput = z.object({
  /** The template whose cache the rescue root is made from; without it, the VE's own. */
  templateId: z.optional(z.uuid('Choose a template.')),
  /** Of root in the rescue system. The VE's SSH keys open it too. */
  rootPassword: veGuestAccess.shape.rootPassword,
})
export type VeRescueInput = z.infer<typeof veRescueInput>

export const veEndRescueInput = z.object({
  /** Starts it again from its own disk. */
  start: z.optional(z.boolean()),
})

type Started = Promise<{ operationId: string }>

/** Throws `not-found`, `forbidden`, `ve-state-forbids`, `ve-suspended`; waits its turn behind an operation that is under way. */
export function startVe(viewer: Viewer, id: string, tx?: Db): Started {
  return onVe(viewer, id, 've:operate', tx, ({ on, ve, about }) =>
    enqueueOperation(on, { type: 've-start', input: { veId: ve.id }, title: `Start ${ve.name}`, ...about }),
  )
}

/** One that kills at once goes before what waits. Throws as `startVe`; a hibernated VE has to be given up with `discardMemory`. */
export function stopVe(viewer: Viewer, id: string, input: VeStopInput = {}, tx?: Db): Started {
  const timeoutSeconds = input.timeoutSeconds ?? STOP_TIMEOUT_SECONDS
  return onVe(viewer, id, 've:operate', tx, async ({ on, ve, about }) => {
    const hibernated = KEEPS_MEMORY.includes(ve.state)
    if (hibernated && !input.discardMemory) throw wouldDiscard(ve)
    if (hibernated) await recordAudit(on, { ...about, action: 've-discard-memory', subject: ve.name })
    return enqueueOperation(on, {
      type: 've-stop',
      input: { veId: ve.id, timeoutSeconds, ...(hibernated ? { discardMemory: true } : {}) },
      title: hibernated ? `Stop ${ve.name}: throw its memory away` : `Stop ${ve.name}`,
      ...about,
    })
  })
}

export const KEEPS_MEMORY: readonly VeState[] = ['hibernating', 'hibernated']

export function wouldDiscard(
  { name, state }: { name: string; state: VeState },
  what = 'stopping it',
): Problem {
  const is = VE_STATE[state].label.toLowerCase()
  const sentence = `${name} is ${is}: ${what} throws its memory away, as when a machine’s plug is pulled.`
  return new Problem('ve-state-forbids', `${sentence} Say so with discardMemory, or resume it.`, {
    fields: { discardMemory: 'Needed of a hibernated VE.' },
  })
}

/** Throws as `startVe`. */
export function restartVe(
  viewer: Viewer,
  id: string,
  input: z.infer<typeof veRestartInput> = {},
  tx?: Db,
): Started {
  const timeoutSeconds = input.timeoutSeconds ?? STOP_TIMEOUT_SECONDS
  return onVe(viewer, id, 've:operate', tx, ({ on, ve, about }) =>
    enqueueOperation(on, {
      type: 've-restart',
      input: { veId: ve.id, timeoutSeconds },
      title: `Restart ${ve.name}`,
      ...about,
    }),
  )
}

/** Throws as `startVe`, `invalid-input` for a template that is not there, and `template-not-ready` when the host lacks its cache. */
export function rescueVe(viewer: Viewer, id: string, input: VeRescueInput = {}, tx?: Db): Started {
  return onVe(viewer, id, 've:operate', tx, async ({ on, ve, about }) => {
    const { templateId, rootPassword } = input
    refuseHostRoot(viewer, 've:operate', { ...ve, namespaces: ve.namespaces as VeNamespace[] })
    await refuseMissingCache(on, viewer, templateId ?? ve.templateId, ve.hostId, templateId !== undefined)
    await recordAudit(on, { ...about, action: 've-rescue', subject: ve.name })
    return enqueueOperation(on, {
      type: 've-rescue',
      input: { veId: ve.id, ...(templateId ? { templateId } : {}), hasPassword: rootPassword !== undefined },
      title: `Start ${ve.name} in rescue`,
      ...about,
      ...(rootPassword ? { secret: { rootPassword } } : {}),
    })
  })
}

async function refuseMissingCache(
  on: Db,
  viewer: Viewer,
  templateId: string,
  hostId: string,
  chosen: boolean,
) {
  const template = await on.template.findFirst({
    where: { AND: [{ id: templateId }, ownedOrOffered(viewer, 'template:read')] },
    select: { name: true, caches: { where: { hostId }, select: { cache: true } } },
  })
  if (!template && chosen)
    throw new Problem('invalid-input', 'Not valid: templateId.', {
      fields: { templateId: 'There is no template with this id.' },
    })
  if (template?.caches.length === 0)
    throw new Problem('template-not-ready', `The VE’s host does not have the template ${template.name}.`)
}

/** Takes the rescue root off, and with `start` starts the VE from its own disk. Throws as `startVe`, and `conflict` when it is not in rescue. */
export function endRescue(
  viewer: Viewer,
  id: string,
  input: z.infer<typeof veEndRescueInput> = {},
  tx?: Db,
): Started {
  return onVe(viewer, id, 've:operate', tx, ({ on, ve, about }) => {
    const { rescue } = (ve.observed ?? {}) as { rescue?: boolean }
    if (!rescue || ve.state !== 'running') throw new Problem('conflict', `${ve.name} is not in rescue.`)
    const type = input.start ? 've-restart' : 've-stop'
    const title = `End the rescue of ${ve.name}`
    return enqueueOperation(on, { type, input: { veId: ve.id, timeoutSeconds: 0 }, title, ...about })
  })
}

/** Removes it and its data for good. Throws as `startVe`. */
export function destroyVe(viewer: Viewer, id: string, tx?: Db): Started {
  return onVe(viewer, id, 've:destroy', tx, async ({ on, ve, about }) => {
    const started = await enqueueOperation(on, {
      type: 've-destroy',
      input: { veId: ve.id },
      title: `Destroy ${ve.name}`,
      ...about,
    })
    await recordAudit(on, { ...about, action: 've-destroy', subject: ve.name })
    return started
  })
}
