/** Where the enrolment flow is: its whole state is in the URL, so that a reload or a link loses nothing. Never a secret. */
import * as z from 'zod/mini'
import { hostAddress, name, port, userName } from '@/lib/contract/names.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { paths } from '@/lib/paths.ts'

export const hostPlace = z.object({ name, address: hostAddress, port, user: userName })
export type HostPlace = z.infer<typeof hostPlace>

const flowParams = z.object({
  ...hostPlace.shape,
  port: z.coerce.number().check(z.int(), z.gte(1), z.lte(65535)),
  probe: z.uuid(),
  confirmed: z.optional(z.literal('yes')),
})
export type Flow = z.infer<typeof flowParams>

/** Null for a URL that does not carry the flow: then it begins at the beginning. */
export function readFlow(params: Record<string, string | string[] | undefined>): Flow | null {
  const result = flowParams.safeParse(params)
  return result.success ? result.data : null
}

export function flowHref(flow: Flow): string {
  const { port, confirmed, ...texts } = flow
  const params = new URLSearchParams({ ...texts, port: String(port) })
  if (confirmed) params.set('confirmed', confirmed)
  return `${paths.hostNew()}?${params}`
}

/** Back to the first step, with what was typed. */
export function startHref({ name, address, port, user }: HostPlace): string {
  return `${paths.hostNew()}?${new URLSearchParams({ name, address, port: String(port), user })}`
}

const probeResult = z.object({ hostKey: z.string(), keyType: z.string(), fingerprint: z.string() })
export type ProbeResult = z.infer<typeof probeResult>

/** What the probe found; null while it runs, or when it failed. */
export function readProbe(operation: OperationResource): ProbeResult | null {
  const result = probeResult.safeParse(operation.result)
  return operation.status === 'succeeded' && result.success ? result.data : null
}
