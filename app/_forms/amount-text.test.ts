import { describe, expect, it } from 'vitest'
import { GIB, KIB, MIB } from '@/lib/contract/units.ts'
import { exactBytes, exactSeconds, readBytes, readCount, readSeconds } from './amount-text.ts'

describe('sizes', () => {
  it.each([0, 1, 4095, 4096, 2_752_512, 2_752_513, 1.5 * GIB, 512 * MIB, 8 * MIB + 4 * KIB, 16_384 * GIB])(
    '%i is the same when it is read again',
    (bytes) => expect(readBytes(exactBytes(bytes))).toEqual({ value: bytes }),
  )
  it('are shown in the greatest unit that is exact', () =>
    expect([exactBytes(2_752_512), exactBytes(1.5 * GIB), exactBytes(1000)]).toEqual([
      '2688 KiB',
      '1.5 GiB',
      '1000 B',
    ]))
  it('whose unit was forgotten are told so', () =>
    expect(readBytes('256')).toEqual({ wrong: 'That is 256 B: give a unit, such as 256 MiB.' }))
  it.each(['lots', '-4G', '1e9', '5 files', '99999999T'])('%s is none', (text) =>
    expect(readBytes(text)).toHaveProperty('wrong'),
  )
})

describe('counts', () => {
  it('are plain', () => expect(readCount('256')).toEqual({ value: 256 }))
  it.each(['256M', '-1', '1.5', 'many', '99999999999999999999'])('%s is none', (text) =>
    expect(readCount(text)).toHaveProperty('wrong'),
  )
})

describe('times', () => {
  it.each([0, 1, 90, 5400, 259_200, 31_536_000])('%i s is the same when it is read again', (seconds) =>
    expect(readSeconds(exactSeconds(seconds))).toEqual({ value: seconds }),
  )
  it('may be typed in words', () =>
    expect([readSeconds('3 days'), readSeconds('12 h'), readSeconds('60')]).toEqual([
      { value: 259_200 },
      { value: 43_200 },
      { value: 60 },
    ]))
  it.each(['soon', '3 weeks', '-1 d'])('%s is none', (text) =>
    expect(readSeconds(text)).toHaveProperty('wrong'),
  )
})
