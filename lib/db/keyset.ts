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

/** Columns that lists are sorted by. */
export const SORT_FIELDS = [
  'name',
  'hostname',
  'address',
  'veid',
  'memoryBytes',
  'diskBytes',
  'createdAt',
  'at',
  'assignedAt',
] as const
export type SortField = (typeof SORT_FIELDS)[number]

/** The sort parameter: a column, with a dash in front for descending. */
export function sortOf<const F extends readonly SortField[]>(fields: F) {
  const names = fields.flatMap((field) => [field, `-${field}`]) as (F[number] | `-${F[number]}`)[]
  return z.optional(z.enum(names as [F[number], ...F[number][]]))
}

type Value = string | number | bigint | Date
type Row = { id: string } & Record<string, unknown>
type Where = Record<string, unknown>

export type Keyset = {
  field: SortField
  descending: boolean
  limit: number
  after: { value: Value; id: string } | null
}

/** Reads sort, limit and cursor. Throws `invalid-input` for a cursor that is not of this list in this order. */
export function keyset(
  query: { cursor?: string | undefined; limit?: number | undefined; sort?: string | undefined },
  defaultSort: SortField | `-${SortField}`,
): Keyset {
  const sort = query.sort ?? defaultSort
  const descending = sort.startsWith('-')
  const field = SORT_FIELDS.find((name) => name === (descending ? sort.slice(1) : sort))
  if (!field) throw new Problem('invalid-input', 'Not valid: sort.', { fields: { sort: 'No such column.' } })
  const limit = Math.min(Math.max(Math.trunc(query.limit ?? PAGE_LIMIT_DEFAULT), 1), PAGE_LIMIT_MAX)
  return {
    field,
    descending,
    limit,
    after: query.cursor === undefined ? null : decode(query.cursor, field, sort),
  }
}

/** Prisma arguments that read one row more than the page, to know whether there is a next one. */
export function keysetArguments(set: Keyset): { where: Where; orderBy: Where[]; take: number } {
  const direction = set.descending ? 'desc' : 'asc'
  const beyond = set.descending ? 'lt' : 'gt'
  const where = set.after
    ? {
        // Implied by the rest, and what an index is entered by.
        [set.field]: { [`${beyond}e`]: set.after.value },
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
  const value = row[set.field] as Value
  const text = value instanceof Date ? value.toISOString() : String(value)
  return Buffer.from(JSON.stringify([sortText(set), text, row.id])).toString('base64url')
}

const sortText = ({ field, descending }: Pick<Keyset, 'field' | 'descending'>) =>
  `${descending ? '-' : ''}${field}`

const cursorParts = z.tuple([z.string(), z.string(), z.uuid()])

/** How a column's value is read back from a cursor; null when the text is none of its values. */
const READ: Record<SortField, (text: string) => Value | null> = {
  name: (text) => text,
  hostname: (text) => text,
  address: (text) => text,
  veid: (text) => (/^\d{1,9}$|^[12]\d{9}$/.test(text) && Number(text) <= 2 ** 31 - 1 ? Number(text) : null),
  memoryBytes: readBigInt,
  diskBytes: readBigInt,
  createdAt: readDate,
  at: readDate,
  assignedAt: readDate,
}

function readDate(text: string): Date | null {
  return Number.isNaN(Date.parse(text)) ? null : new Date(text)
}

function readBigInt(text: string): bigint | null {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : null
}

function decode(cursor: string, field: SortField, sort: string): { value: Value; id: string } {
  const [ofSort, text, id] = parse(cursor)
  const value = ofSort === sort ? READ[field](text) : null
  if (value === null) throw badCursor()
  return { value, id }
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
