import * as z from 'zod/mini'
import { veCreateInput } from '../ves/resource.ts'

/** Of a VE that is made from a snapshot: what it is, and where, are those of the VE that it is of. */
export const snapshotCloneInput = z.extend(
  z.omit(veCreateInput, {
    templateId: true,
    hostId: true,
    storage: true,
    kind: true,
    namespaces: true,
    application: true,
  }),
  {
    /** It goes on with that VE's SSH host keys and machine-id. Without it, it gets ones of its own. */
    keepIdentity: z.optional(z.boolean()),
  },
)
export type SnapshotCloneInput = z.infer<typeof snapshotCloneInput>
