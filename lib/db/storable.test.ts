import { expect, test } from 'vitest'
import { storableJson, storableText } from './storable.ts'

test('NUL and lone surrogates are replaced, everything else stays', () => {
  expect(storableText('a\0b\ud800c\udc00 😀 ü')).toBe('a\ufffdb\ufffdc\ufffd 😀 ü')
})

test('JSON: in strings and in names; escaped backslashes are no escapes', () => {
  const value = { 'k\0': ['x\0', 'half \ud83d', '😀', '\\u0000', '\\\\u0000', 'C:\\ud800', 1, null, true] }
  expect(storableJson(value)).toEqual({
    'k\ufffd': ['x\ufffd', 'half \ufffd', '😀', '\\u0000', '\\\\u0000', 'C:\\ud800', 1, null, true],
  })
  expect(storableJson(undefined)).toBeNull()
})
