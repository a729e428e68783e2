import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Asks both hosts whether a VE can move, and in which ways. Changes nothing, and takes no turn. */
export const veMoveCheck = defineOperation({
  type: 've-move-check',
  label: 'See whether it can move',
  subject: 've',
  input: z.object({ veId: z.uuid(), hostId: z.uuid() }),
  permission: 've:move',
  only: 'provider',
  ve: { from: ['running', 'stopped'], during: null, evenSuspended: true },
  alongside: true,
  cancellable: false,
  deadlineSeconds: 120,
  steps: [{ name: 'look', label: 'Ask both hosts' }],
})
