'use server'
import * as z from 'zod/mini'
import { Problem } from '@/lib/contract/problem.ts'
import { refreshHost, removeHost, retryEnrolment, upgradeHostAgent } from '@/lib/hosts/commands.ts'
import { setMaintenance } from '@/lib/hosts/maintenance.ts'
import { getHost } from '@/lib/hosts/queries.ts'
import { hostCredential, hostMaintenanceInput } from '@/lib/hosts/resource.ts'
import { formAction } from '@/lib/http/action.ts'
import { readCredential } from './read-credential.ts'

const which = z.object({ id: z.string() })

export const refreshHostAction = formAction(which, ({ viewer, input, tx }) =>
  refreshHost(viewer, input.id, tx),
)

export const setMaintenanceAction = formAction(
  z.extend(hostMaintenanceInput, { id: z.string() }),
  async ({ viewer, input: { id, on }, tx }) => {
    const { name, maintenanceSince } = await setMaintenance(viewer, id, { on }, tx)
    return { name, maintenance: maintenanceSince !== null }
  },
  (form) => ({ id: form.get('id'), on: form.get('on') === 'yes' }),
)

export const upgradeHostAgentAction = formAction(which, ({ viewer, input, tx }) =>
  upgradeHostAgent(viewer, input.id, tx),
)

export const removeHostAction = formAction(
  z.extend(which, { confirmation: z.string('Type the name of the host.') }),
  async ({ viewer, input, tx }) => {
    const host = await getHost(viewer, input.id, tx)
    if (input.confirmation.trim() !== host.name)
      throw new Problem('invalid-input', 'Not valid: confirmation.', {
        fields: { confirmation: `This is not its name. Type ${host.name} to remove it.` },
      })
    return removeHost(viewer, input.id, tx)
  },
)

export const retryEnrolmentAction = formAction(
  z.extend(which, { credential: z.optional(hostCredential) }),
  ({ viewer, input, tx }) => retryEnrolment(viewer, input.id, input.credential, tx),
  (form) => ({ id: form.get('id'), credential: readCredential(form) }),
)
