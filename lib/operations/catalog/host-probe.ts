import * as z from 'zod/mini'
import { hostAddress, port } from '../../contract/names.ts'
import { defineOperation } from '../definition.ts'

/** Fetches a host's key without signing in. Result: { hostKey, keyType, fingerprint } — shown before any secret is asked for. */
export const hostProbe = defineOperation({
  type: 'host-probe',
  label: 'Look at host',
  subject: 'host',
  input: z.object({ address: hostAddress, port }),
  permission: 'host:manage',
  cancellable: false,
  deadlineSeconds: 30,
  steps: [{ name: 'fetch-key', label: 'Fetch the host key' }],
})
