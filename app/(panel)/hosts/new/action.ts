'use server'
import * as z from 'zod/mini'
import { addHost, probeHost } from '@/lib/hosts/commands.ts'
import { hostCreateInput } from '@/lib/hosts/resource.ts'
import { formAction } from '@/lib/http/action.ts'
import { readCredential } from '../../../_components/hosts/read-credential.ts'
import { hostPlace } from './flow.ts'

const placeOf = (form: FormData) => ({
  name: String(form.get('name') ?? '').trim(),
  address: String(form.get('address') ?? '').trim(),
  port: Number(form.get('port') || Number.NaN),
  user: String(form.get('user') ?? '').trim(),
})

/** Looks at the host: nothing is kept of it but the operation. */
export const probeHostAction = formAction(
  hostPlace,
  async ({ viewer, input, tx }) => {
    const { address, port } = input
    return { ...(await probeHost(viewer, { address, port }, tx)), place: input }
  },
  placeOf,
)

export const addHostAction = formAction(
  hostCreateInput,
  async ({ viewer, input, tx }) => {
    const { operationId } = await addHost(viewer, input, tx)
    return { operationId }
  },
  (form) => ({ ...placeOf(form), fingerprint: form.get('fingerprint'), credential: readCredential(form) }),
)

export const addSimulatedHostAction = formAction(
  z.object({ name: hostPlace.shape.name }),
  async ({ viewer, input, tx }) => {
    const { operationId } = await addHost(viewer, { name: input.name, simulated: true }, tx)
    return { operationId }
  },
  (form) => ({ name: String(form.get('name') ?? '').trim() }),
)
