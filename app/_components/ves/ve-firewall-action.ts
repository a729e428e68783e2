'use server'
import * as z from 'zod/mini'
import { firewallSettings } from '@/lib/firewall/resource.ts'
import { setVeFirewall } from '@/lib/firewall/ve-firewall.ts'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'

/** `entries` is JSON: a list that is edited as one. */
export const setFirewallAction = formAction(
  z.object({ veId: z.string(), settings: z.unknown() }),
  ({ viewer, input, tx }) =>
    setVeFirewall(viewer, input.veId, validate(firewallSettings, input.settings), tx),
  (form) => ({
    veId: form.get('veId'),
    settings: {
      enabled: form.get('enabled') === 'on',
      policyIn: form.get('policyIn'),
      policyOut: form.get('policyOut'),
      entries: JSON.parse(String(form.get('entries') ?? '[]')),
    },
  }),
)
