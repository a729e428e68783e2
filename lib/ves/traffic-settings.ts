/** What happens when a VE has used up its traffic for the month. Browser-safe. */
import * as z from 'zod/mini'
import { GIB } from '../contract/units.ts'

export const TRAFFIC_ACTION = {
  throttle: { label: 'Throttle', hint: 'It goes on slowly until the reset day.' },
  suspend: { label: 'Suspend', hint: 'It is stopped until the reset day.' },
} as const satisfies Record<string, { label: string; hint: string }>
export type TrafficAction = keyof typeof TRAFFIC_ACTION
export const TRAFFIC_ACTIONS = Object.keys(TRAFFIC_ACTION) as [TrafficAction, ...TrafficAction[]]

const PIB = 1024 ** 2 * GIB

export const veTrafficInput = z.object({
  /** Both directions together, in the month; null for none. */
  limitBytes: z.nullable(
    z
      .int('A whole number of bytes.')
      .check(z.gte(1024 ** 2, 'At least 1 MiB.'), z.lt(PIB, 'Less than 1 PiB.')),
  ),
  action: z.enum(TRAFFIC_ACTIONS),
  throttleBits: z
    .int('A whole number of bits a second.')
    .check(z.gte(8_000, 'At least 8 kbit/s.'), z.lte(100_000_000_000, 'At most 100 Gbit/s.')),
  resetDay: z.int('A whole number.').check(z.gte(1, 'From 1 to 28.'), z.lte(28, 'From 1 to 28.')),
})
export type VeTrafficInput = z.infer<typeof veTrafficInput>
