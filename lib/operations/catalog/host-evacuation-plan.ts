import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/**
 * Finds out what would go where if a host were evacuated, and what cannot leave: asked of the host for each of its VEs, and of each
 * destination for the VEs that it would get. Changes nothing. `restart`: what cannot move live may move with a restart.
 */
export const hostEvacuationPlan = defineOperation({
  type: 'host-evacuation-plan',
  label: 'Plan an evacuation',
  subject: 'host',
  input: z.object({ hostId: z.uuid(), restart: z.boolean() }),
  permission: 'host:manage',
  only: 'provider',
  alongside: true,
  cancellable: true,
  deadlineSeconds: 3600,
  steps: [
    { name: 'look', label: 'Ask the host about its VEs' },
    { name: 'choose', label: 'Choose where they go, and ask there' },
  ],
})
