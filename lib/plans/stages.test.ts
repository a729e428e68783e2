import { expect, test } from 'vitest'
import { stagesOf } from './stages.ts'

const ids = (count: number) => Array.from({ length: count }, (_, index) => `ve${index}`)

test.each([
  [1, [1, 0, 0]],
  [2, [1, 1, 0]],
  [3, [1, 1, 1]],
  [25, [1, 3, 21]],
  [1000, [1, 100, 899]],
])('%i VEs', (count, sizes) => {
  const { first, tenth, rest } = stagesOf(ids(count))
  expect([first.length, tenth.length, rest.length]).toEqual(sizes)
  expect([...first, ...tenth, ...rest]).toEqual(ids(count))
})
