import { describe, expect, it } from 'vitest'
import { bytesToPages, formatBytes, GIB, parseBytes } from './units.ts'

describe('parseBytes', () => {
  it.each([
    ['512', 512],
    ['256M', 256 * 1024 ** 2],
    ['2.5g', 2.5 * GIB],
    [' 10 GiB ', 10 * GIB],
    ['1KB', 1024],
    ['0', 0],
  ])('reads %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each(['', '-1', '1e3', '12X', 'M', '1.2.3G', '99999999T', '0x10'])('refuses %j', (text) =>
    expect(parseBytes(text)).toBeNull(),
  )
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [1.5 * GIB, '1.5 GiB'],
    [512 * 1024 ** 2, '512 MiB'],
    [null, 'unlimited'],
  ])('%s is shown as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it('is read back as what it was, when nothing was rounded', () => {
    for (const bytes of [1536, 4 * GIB, 700 * 1024 ** 2]) expect(parseBytes(formatBytes(bytes))).toBe(bytes)
  })
})

describe('bytesToPages', () => {
  it('rounds down, at 4 KiB and at 64 KiB pages', () => {
    expect(bytesToPages(10_000, 4096)).toBe(2)
    expect(bytesToPages(200_000, 65_536)).toBe(3)
  })
})
