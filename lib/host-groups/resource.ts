/** A group of hosts, which share address pools, as pages show it and the API returns it. */
import * as z from 'zod/mini'
import { name } from '../contract/names.ts'
import { reference, time } from '../contract/resource.ts'

export const hostGroupResource = z.object({
  id: z.uuid(),
  name: z.string(),
  hosts: z.array(reference),
  /** Address pools that are bound to it. */
  pools: z.array(reference),
  createdAt: time,
})
export type HostGroupResource = z.infer<typeof hostGroupResource>

const MEMBERS_MAX = 1000
const members = z.array(z.uuid('An id.')).check(z.maxLength(MEMBERS_MAX, `At most ${MEMBERS_MAX}.`))

export const hostGroupCreateInput = z.object({ name, hostIds: z.optional(members) })
export type HostGroupCreateInput = z.infer<typeof hostGroupCreateInput>

/** What is left out stays; `hostIds` are all of its members. */
export const hostGroupUpdateInput = z.object({ name: z.optional(name), hostIds: z.optional(members) })
export type HostGroupUpdateInput = z.infer<typeof hostGroupUpdateInput>
