'use server'
import * as z from 'zod/mini'
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

const updating = (read: (form: FormData) => unknown) =>
  formAction(
    update,
    async ({ viewer, input, tx }) => {
      const { operationId } = await updateVe(viewer, input.veId, validate(veUpdateInput, input.change), tx)
      return { operationId }
    },
    read,
  )

export const updateAboutAction = updating(readAbout)
export const updateBootAction = updating(readBoot)
export const updateGuestAction = updating(readGuest)
export const updateAccessAction = updating(readAccess)
export const updateFeaturesAction = updating(readFeatures)
export const updateDevicesAction = updating(readDevices)

export const setTrafficAction = formAction(
  update,
  async ({ viewer, input, tx }) => {
    await setTraffic(viewer, input.veId, validate(veTrafficInput, input.change), tx)
    return { operationId: null }
  },
  readTraffic,
)
