import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { Problem } from '@/lib/contract/problem.ts'
import { listHref } from './list-href.ts'
import { listState, readPage } from './list-params.ts'

const schema = z.object({
  cursor: z.optional(z.string()),
  q: z.optional(z.string()),
  state: z.optional(z.enum(['running', 'stopped'])),
})

describe('listState', () => {
  it('leaves out what the schema refuses and keeps the rest', async () => {
    const { query } = await listState(schema, Promise.resolve({ q: 'web', state: 'flying' }))
    expect(query).toEqual({ q: 'web' })
  })
  it('takes the first of several values and no empty ones', async () => {
    const { query, params } = await listState(schema, Promise.resolve({ q: ['a', 'b'], state: '' }))
    expect(query).toEqual({ q: 'a' })
    expect(params).toEqual({ q: 'a' })
  })
  it('counts rows before this page, never below none', async () => {
    expect((await listState(schema, Promise.resolve({ skipped: '50' }))).skipped).toBe(50)
    expect((await listState(schema, Promise.resolve({ skipped: '-4' }))).skipped).toBe(0)
    expect((await listState(schema, Promise.resolve({ skipped: 'x' }))).skipped).toBe(0)
  })
})

describe('readPage', () => {
  it('starts anew when the cursor is of another order', async () => {
    const state = await listState(schema, Promise.resolve({ cursor: 'old', skipped: '50' }))
    const page = await readPage(state, async (query) => {
      if (query.cursor)
        throw new Problem('invalid-input', 'Not valid: cursor.', { fields: { cursor: 'No.' } })
      return { items: [1], next: null, total: 1 }
    })
    expect(page).toEqual({ items: [1], next: null, total: 1, skipped: 0 })
  })
  it('lets every other problem through', async () => {
    const state = await listState(schema, Promise.resolve({}))
    await expect(readPage(state, () => Promise.reject(new Problem('forbidden', 'No.')))).rejects.toThrow(
      'No.',
    )
  })
})

describe('listHref', () => {
  it('goes to the first page when anything but the place changes', () =>
    expect(listHref('/ves', { q: 'web', cursor: 'c', skipped: '50' }, { sort: '-name' })).toBe(
      '/ves?q=web&sort=-name',
    ))
  it('keeps the rest when the place changes', () =>
    expect(listHref('/ves', { q: 'web' }, { cursor: 'c', skipped: '50' })).toBe(
      '/ves?q=web&cursor=c&skipped=50',
    ))
  it('is the bare path when nothing is left', () =>
    expect(listHref('/ves', { q: 'web' }, { q: null })).toBe('/ves'))
})
