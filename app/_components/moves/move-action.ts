'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import { checkMove, moveVe } from '@/lib/moves/commands.ts'
import { removeKept } from '@/lib/moves/kept.ts'
import { veMoveCheckInput, veMoveInput } from '@/lib/moves/resource.ts'

const which = { veId: z.string() }

export const checkMoveAction = formAction(
  z.extend(veMoveCheckInput, which),
  ({ viewer, input: { veId, hostId }, tx }) => checkMove(viewer, veId, { hostId }, tx),
)

export const removeKeptAction = formAction(z.object({ id: z.string() }), async ({ viewer, input, tx }) => {
  const { id } = await removeKept(viewer, input.id, tx)
  return { id }
})

export const moveVeAction = formAction(
  z.extend(veMoveInput, which),
  ({ viewer, input: { veId, ...input }, tx }) => moveVe(viewer, veId, input, tx),
  (form) => ({
    veId: form.get('veId'),
    hostId: form.get('hostId'),
    kind: form.get('kind') ?? '',
    keep: form.get('keep') === 'on',
  }),
)
