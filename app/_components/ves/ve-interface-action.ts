'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'
import { addVeInterface, removeVeInterface, updateVeInterface } from '@/lib/ves/interfaces/commands.ts'
import { veInterfaceInput, veInterfaceUpdateInput } from '@/lib/ves/interfaces/input.ts'
import { readInterfaceChange, readInterfaceForm } from './ve-interface-read.ts'

const which = z.object({ veId: z.string(), interfaceId: z.string() })

export const addInterfaceAction = formAction(
  // Judged apart, so that what is wrong is told by the names that the fields have.
  z.object({ veId: z.string(), wanted: z.unknown() }),
  ({ viewer, input, tx }) => addVeInterface(viewer, input.veId, validate(veInterfaceInput, input.wanted), tx),
  readInterfaceForm,
)

export const changeInterfaceAction = formAction(
  z.extend(which, { wanted: z.unknown() }),
  ({ viewer, input, tx }) => {
    const wanted = validate(veInterfaceUpdateInput, input.wanted)
    return updateVeInterface(viewer, input.veId, input.interfaceId, wanted, tx)
  },
  readInterfaceChange,
)

export const removeInterfaceAction = formAction(which, ({ viewer, input, tx }) =>
  removeVeInterface(viewer, input.veId, input.interfaceId, tx),
)
