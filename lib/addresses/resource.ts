/** An address pool as pages show it and the API returns it, and what is needed to make one. */
import * as z from 'zod/mini'
import { ipAddress, name } from '../contract/names.ts'
import { time } from '../contract/resource.ts'

export const addressPoolResource = z.object({
  id: z.uuid(),
  name: z.string(),
  cidr: z.string(),
  first: z.string(),
  last: z.string(),
  used: z.int(),
  /** Null when there are more than a number holds exactly (IPv6). */
  total: z.nullable(z.int()),
  createdAt: time,
})
export type AddressPoolResource = z.infer<typeof addressPoolResource>

export const addressPoolCreateInput = z.object({
  name,
  cidr: z.union([z.cidrv4(), z.cidrv6()], 'A prefix such as 192.0.2.0/24.'),
  first: z.optional(ipAddress),
  last: z.optional(ipAddress),
})
export type AddressPoolCreateInput = z.infer<typeof addressPoolCreateInput>
