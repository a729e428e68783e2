import { expect, test } from 'vitest'
import { OutputRing } from './output-ring.ts'

test('keeps the last of what was said, whatever the pieces', () => {
  for (const capacity of [1, 7, 64, 20_000]) {
    const ring = new OutputRing(capacity)
    let all = Buffer.alloc(0)
    for (let i = 0; i < 400; i += 1) {
      const piece = Buffer.from(Array.from({ length: (i * 37) % 131 }, (_, j) => (i * 7 + j) % 256))
      ring.push(piece)
      all = Buffer.concat([all, piece])
      expect(ring.end).toBe(all.length)
      expect(ring.start).toBe(Math.max(0, all.length - capacity))
      expect(ring.since(ring.start).equals(all.subarray(ring.start))).toBe(true)
      const middle = Math.floor((ring.start + ring.end) / 2)
      expect(ring.since(middle).equals(all.subarray(middle))).toBe(true)
    }
    expect(ring.since(0).length, 'from before what is kept: all that is kept').toBe(
      Math.min(capacity, all.length),
    )
    expect(ring.since(ring.end + 5)).toHaveLength(0)
  }
})
