/** The URL of a list is its state: search, filters, sort and place, checked by the query's own schema. */
import type * as z from 'zod/mini'
import { Problem } from '@/lib/contract/problem.ts'

export type SearchParams = Promise<Record<string, string | string[] | undefined>>

export type ListState<Query> = {
  query: Query
  /** Number of rows before this page, as the links counted them: only for showing. */
  skipped: number
  /** The parameters as they are, for building links that change one of them. */
  params: Record<string, string>
}

/** Reads what the schema knows; a value that it refuses (an old bookmark, a typing error) is left out. */
export async function listState<S extends z.ZodMiniType>(
  schema: S,
  searchParams: SearchParams,
): Promise<ListState<z.infer<S>>> {
  const params: Record<string, string> = {}
  for (const [name, value] of Object.entries(await searchParams)) {
    const first = Array.isArray(value) ? value[0] : value
    if (first) params[name] = first
  }
  const { skipped, ...rest } = params
  let result = schema.safeParse(rest)
  if (!result.success) {
    const bad = new Set(result.error.issues.map((issue) => String(issue.path[0])))
    const good = Object.fromEntries(Object.entries(rest).filter(([name]) => !bad.has(name)))
    result = schema.safeParse(good)
  }
  const query = (result.success ? result.data : {}) as z.infer<S>
  return { query, skipped: Math.max(0, Math.trunc(Number(skipped)) || 0), params }
}

/** The page of a list; a cursor that fits this order no longer leads to the first page instead. */
export async function readPage<Query extends { cursor?: string | undefined }, Result>(
  state: ListState<Query>,
  read: (query: Query) => Promise<Result>,
): Promise<Result & { skipped: number }> {
  try {
    return { ...(await read(state.query)), skipped: state.query.cursor ? state.skipped : 0 }
  } catch (error) {
    if (!(error instanceof Problem) || !error.fields?.cursor) throw error
    return { ...(await read({ ...state.query, cursor: undefined })), skipped: 0 }
  }
}
