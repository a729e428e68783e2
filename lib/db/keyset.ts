/** Keyset paging: a page costs the same wherever it lies, and a row that appears meanwhile shifts nothing. */
import * as z from 'zod/mini'
import { Problem } from '../contract/problem.ts'

export const PAGE_LIMIT_MAX = 200
export const PAGE_LIMIT_DEFAULT = 50

/** What every list takes; `limit` may come as text, from a URL. */
export const listQuery = {
  cursor: z.optional(z.string().check(z.maxLength(1024))),
  limit: z.optional(
    z.coerce
      .number()
      .check(
        z.int('A whole number.'),
        z.gte(1, 'At least 1.'),
        z.lte(PAGE_LIMIT_MAX, `At most ${PAGE_LIMIT_MAX}.`),
      ),
  ),
  q: z.optional(z.string().check(z.maxLength(200, 'At most 200 characters.'))),
}

/** The sort parameter: a column, with a dash in front for descending. */
export function sortOf<const F extends readonly string[]>(fields: F) {
  const names = fields.flatMap((field) => [field, `-${field}`]) as (F[number] | `-${F[number]}`)[]
  return z.optional(z.enum(names as [F[number], ...F[number][]]))
}

type Value = string | number | bigint | Date
type Row = { id: string } & Record<string, unknown>
type Where = Record<string, unknown>

export type Keyset = {
  field: string
  descending: boolean
  limit: number
  after: { value: Value; id: string } | null
}

/** Reads sort, limit and cursor. Throws `invalid-input` for a cursor that is not of this list in this order. */
export function keyset(
  query: { cursor?: string | undefined; limit?: number | undefined; sort?: string | undefined },
  defaultSort: string,
): Keyset {
  const sort = query.sort ?? defaultSort
  const descending = sort.startsWith('-')
  const field = descending ? sort.slice(1) : sort
  const limit = Math.min(Math.max(Math.trunc(query.limit ?? PAGE_LIMIT_DEFAULT), 1), PAGE_LIMIT_MAX)
  return { field, descending, limit, after: query.cursor === undefined ? null : decode(query.cursor, sort) }
}

/** Prisma arguments that read one row more than the page, to know whether there is a next one. */
export function keysetArguments(set: Keyset): { where: Where; orderBy: Where[]; take: number } {
  const direction = set.descending ? 'desc' : 'asc'
  const beyond = set.descending ? 'lt' : 'gt'
  const where = set.after
    ? {
        OR: [
          { [set.field]: { [beyond]: set.after.value } },
          { [set.field]: set.after.value, id: { [beyond]: set.after.id } },
        ],
      }
    : {}
  return { where, orderBy: [{ [set.field]: direction }, { id: direction }], take: set.limit + 1 }
}

/** Cuts the row that was read beyond the page, and makes the cursor of the next. */
export function keysetPage<R extends { id: string }>(
  set: Keyset,
  rows: R[],
): { rows: R[]; next: string | null } {
  const page = rows.slice(0, set.limit)
  const last = page.at(-1) as Row | undefined
  if (rows.length <= set.limit || !last) return { rows: page, next: null }
  return { rows: page, next: encode(set, last) }
}

function encode(set: Keyset, row: Row): string {
  const sort = `${set.descending ? '-' : ''}${set.field}`
  const value = row[set.field] as Value
  const [kind, text] =
    value instanceof Date
      ? ['t', value.toISOString()]
      : typeof value === 'string'
        ? ['s', value]
        : ['n', String(value)]
  return Buffer.from(JSON.stringify([sort, kind, text, row.id])).toString('base64url')
}

const cursorParts = z.tuple([z.string(), z.enum(['s', 'n', 't']), z.string(), z.uuid()])

function decode(cursor: string, sort: string): { value: Value; id: string } {
  const [for_, kind, text, id] = parse(cursor)
  if (for_ !== sort) throw badCursor()
  if (kind === 's') return { value: text, id }
  if (kind === 'n' && /^-?\d{1,18}$/.test(text)) return { value: BigInt(text), id }
  const at = new Date(text)
  if (kind === 't' && !Number.isNaN(at.getTime())) return { value: at, id }
  throw badCursor()
}

function parse(cursor: string): z.infer<typeof cursorParts> {
  try {
    return cursorParts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw badCursor()
  }
}

const badCursor = () =>
  new Problem('invalid-input', 'Not valid: cursor.', {
    fields: { cursor: 'Use the "next" of a page of this list, with the same sort.' },
  })
