/** What every resource of the panel and the API has in common. Times are ISO 8601 in UTC, sizes bytes, "unlimited" null. */
import * as z from 'zod/mini'

export const time = z.iso.datetime()
export const reference = z.object({ id: z.uuid(), name: z.string() })

/** Lists are paged by cursor, sorted and filtered on the server. */
export const pageOf = <T extends z.ZodMiniType>(item: T) =>
  z.object({ items: z.array(item), next: z.nullable(z.string()), total: z.int() })
export type Page<T> = { items: T[]; next: string | null; total: number }
