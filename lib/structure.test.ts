/** The house rules, held against the whole checkout. That each rule can fail is shown in structure/rules.test.ts. */
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { OPERATION_TYPES } from './operations/registry.ts'
import * as boundaries from './structure/boundaries.ts'
import * as house from './structure/house-rules.ts'
import { importGraph } from './structure/imports.ts'
import { readSources } from './structure/sources.ts'

/** Files that may be longer than the budget, each with a reason beside it. */
const LONG_FILES: readonly string[] = []

const sources = readSources(path.resolve(import.meta.dirname, '..'))
const graph = importGraph(sources)

test('the whole checkout is looked at', () => {
  expect(sources.size).toBeGreaterThan(200)
  const ours = [...graph].flatMap(([name, imports]) => imports.map(({ target }) => ({ name, target })))
  const lost = ours.filter(
    ({ target }) => /^(app|lib|agents|e2e)\//.test(target) && !target.startsWith('lib/db/generated/'),
  )
  expect(lost.length).toBeGreaterThan(500)
  const examples = 'lib/structure/rules.test.ts'
  expect(lost.filter(({ name, target }) => !sources.has(target) && name !== examples)).toEqual([])
})

describe('who may import what', () => {
  test.each(Object.entries(boundaries))('%s', (_, rule) => expect(rule(graph, sources)).toEqual([]))
})

describe('house rules', () => {
  test('files are short', () => expect(house.tooLong(sources, LONG_FILES)).toEqual([]))
  test('names are kebab-case', () => expect(house.notKebabCase(sources)).toEqual([]))
  test('colours are tokens', () => expect(house.paletteColours(sources)).toEqual([]))
  test('no barrels', () => expect(house.barrels(sources)).toEqual([]))
  test('default exports only where Next wants them', () => expect(house.defaultExports(sources)).toEqual([]))
  test('every operation has definition and saga', () =>
    expect(house.operationFiles(sources, OPERATION_TYPES)).toEqual([]))
})
