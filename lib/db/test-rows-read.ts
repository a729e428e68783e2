import pg from 'pg'
import { vi } from 'vitest'

type Plan = Record<string, unknown> & { Plans?: Plan[] }

/** How many rows of `table` the last statement of `work` that names it looks at, by the database's own account. */
export async function rowsRead(url: string, table: string, work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  await work()
  const calls = spy.mock.calls.map(([call]) => call as unknown as { text?: string; values?: unknown[] })
  spy.mockRestore()
  const asked = calls.findLast(({ text = '' }) => /^\s*(SELECT|WITH)\b/.test(text) && text.includes(table))
  if (!asked) throw new Error(`${table} was not read`)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const explain = `EXPLAIN (ANALYZE, FORMAT JSON) ${asked.text}`
    const { rows } = await client.query(explain, asked.values ?? [])
    return scanned(rows[0]['QUERY PLAN'][0].Plan, table)
  } finally {
    await client.end()
  }
}

/** The table itself or one of its parts, whose names end with their time. */
const isOf = (relation: unknown, table: string) =>
  typeof relation === 'string' && (relation === table || relation.replace(/_\d+$/, '') === table)

function scanned(plan: Plan, table: string): number {
  const own = isOf(plan['Relation Name'], table)
    ? (Number(plan['Actual Rows']) + Number(plan['Rows Removed by Filter'] ?? 0)) *
      Number(plan['Actual Loops'])
    : 0
  return own + (plan.Plans ?? []).reduce((sum, inner) => sum + scanned(inner, table), 0)
}
