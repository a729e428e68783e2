/** An entry of the audit log as pages show it and the API returns it. */
import * as z from 'zod/mini'
import { time } from '../contract/resource.ts'
import { AUDIT_ACTIONS } from './actions.ts'

export const auditEventResource = z.object({
  id: z.uuid(),
  at: time,
  action: z.enum(AUDIT_ACTIONS),
  /** Null when the panel did it by itself. */
  actorId: z.nullable(z.string()),
  actorName: z.string(),
  veId: z.nullable(z.uuid()),
  hostId: z.nullable(z.uuid()),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
  ipAddress: z.nullable(z.string()),
})
export type AuditEventResource = z.infer<typeof auditEventResource>

/** Not counted: a log only grows. */
export const auditPage = z.object({ items: z.array(auditEventResource), next: z.nullable(z.string()) })
export type AuditPage = z.infer<typeof auditPage>
