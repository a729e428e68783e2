'use server'
import * as z from 'zod/mini'
import type { Viewer } from '@/lib/auth/viewer.ts'
import type { Db } from '@/lib/db/client.ts'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'
import { setTraffic } from '@/lib/ves/traffic.ts'
import { veTrafficInput } from '@/lib/ves/traffic-settings.ts'
import { updateVe, veUpdateInput } from '@/lib/ves/update.ts'
import {
  readAbout,
  readAccess,
  readBoot,
  readDevices,
  readFeatures,
  readGuest,
  readTraffic,
} from './ve-update-read.ts'

/** Judged apart from the VE's id, so that what is wrong is told by the names that the fields have. */
const update = z.object({ veId: z.string(), change: z.unknown() })

async function apply(context: { viewer: Viewer; input: { veId: string; change: unknown }; tx: Db }) {
  const { viewer, input, tx } = context
  const { operationId } = await updateVe(viewer, input.veId, validate(veUpdateInput, input.change), tx)
  return { operationId }
}

export const updateAboutAction = formAction(update, apply, readAbout)
export const updateBootAction = formAction(update, apply, readBoot)
export const updateGuestAction = formAction(update, apply, readGuest)
export const updateAccessAction = formAction(update, apply, readAccess)
export const updateFeaturesAction = formAction(update, apply, readFeatures)
export const updateDevicesAction = formAction(update, apply, readDevices)

export const setTrafficAction = formAction(
  update,
  async ({ viewer, input, tx }) => {
    await setTraffic(viewer, input.veId, validate(veTrafficInput, input.change), tx)
    return { operationId: null }
  },
  readTraffic,
)
