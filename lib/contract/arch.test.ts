import { describe, expect, it } from 'vitest'
import { ARCH, ARCHES, archFromUname, archRuns } from './arch.ts'

describe('archFromUname', () => {
  it.each([
    ['i686', 'x86'],
    ['x86_64', 'x86-64'],
    ['ia64', 'ia64'],
    ['ppc64le', 'ppc64le'],
  ])('%s is %s', (machine, arch) => expect(archFromUname(machine)).toBe(arch))

  it('does not guess', () => expect(archFromUname('aarch64_be')).toBeNull())

  it('is never ambiguous', () => {
    const names = ARCHES.flatMap((arch) => ARCH[arch].uname)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('archRuns', () => {
  it('lets x86-64 run x86, and not the other way round', () => {
    expect(archRuns('x86-64', 'x86')).toBe(true)
    expect(archRuns('x86', 'x86-64')).toBe(false)
    expect(archRuns('ppc64', 'ppc64le')).toBe(false)
  })
})
