import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/**
 * Brings a host under Corral. The host row holds address, port, user and the confirmed fingerprint; the password or key
 * is sealed apart and wiped when the operation ends.
 */
export const hostEnrol = defineOperation({
  type: 'host-enrol',
  label: 'Enrol host',
  subject: 'host',
  input: z.object({ hostId: z.uuid() }),
  permission: 'host:manage',
  cancellable: true,
  deadlineSeconds: 900,
  steps: [
    { name: 'connect', label: 'Connect and check the host key' },
    { name: 'inspect', label: 'Inspect the host' },
    { name: 'install-packages', label: 'Install missing packages' },
    { name: 'install-agent', label: 'Install the agent and the panel’s key' },
    { name: 'read-facts', label: 'Read facts and capabilities' },
  ],
})
