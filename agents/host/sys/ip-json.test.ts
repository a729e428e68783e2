import { expect, test } from 'vitest'
import { parseIpJson } from './ip-json.ts'

test('names with control characters are read, and nothing is an empty list', () => {
  expect(parseIpJson('[{"ifname":"a\u0001b\nc"}]')).toEqual([{ ifname: 'a b c' }])
  expect(parseIpJson('')).toEqual([])
  expect(parseIpJson('\n')).toEqual([])
})
