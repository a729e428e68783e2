import { expect, test } from 'vitest'
import { NO_FEATURES } from '../../lib/contract/ve-features.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { asMade, storeMade } from './made.ts'
import { EXAMPLE_SPEC } from './testing/example-spec.ts'
import { memorySys } from './testing/memory-sys.ts'

const nfs = [{ server: '192.0.2.9', export: '/data', path: '/srv', readOnly: true }]

test('of a VE on the kernel what it was made with counts, but NFS mounts and all else are as its spec says', () => {
  const sys = memorySys()
  storeMade(sys, { ...EXAMPLE_SPEC, features: { ...NO_FEATURES, fuse: true } })
  const later: VeSpec = {
    ...EXAMPLE_SPEC,
    hostname: 'other.example.org',
    namespaces: ['pid'],
    features: { ...NO_FEATURES, nfs },
  }
  expect(asMade(sys, later)).toEqual({
    ...EXAMPLE_SPEC,
    hostname: 'other.example.org',
    features: { ...NO_FEATURES, fuse: true, nfs },
  })
})

test('of one that is not there the spec counts', () => {
  expect(asMade(memorySys(), EXAMPLE_SPEC)).toBe(EXAMPLE_SPEC)
})
