import { afterEach, expect, test, vi } from 'vitest'
import { requestDigest } from './idempotency.ts'

afterEach(() => vi.unstubAllEnvs())

test('what is kept of a request tells nothing to who lacks the secret of the panel', () => {
  const digests = ['a', 'b'].map((letter) => {
    vi.stubEnv('CORRAL_SECRET', letter.repeat(32))
    return requestDigest('POST', '/api/v1/ves', '{"rootPassword":"sesame-open"}')
  })
  expect(new Set(digests).size).toBe(2)
})
