import { describe, expect, it } from 'vitest'
import { bridgeLack, type HostMeans, lackOf, lacksOf } from './host-means.ts'

const one: HostMeans = { name: 'one', lacks: { nfs: 'No mount.nfs.', apparmor: 'Off.' }, bridges: ['br0'] }
const two: HostMeans = { name: 'two', lacks: { apparmor: 'Not in the kernel.' }, bridges: [] }

describe('what hosts lack', () => {
  it('is told with the reason when the host is known', () => {
    expect(lackOf([one], 'nfs')).toBe('Not on one: No mount.nfs.')
    expect(bridgeLack([two], 'br0')).toBe('Not on two: there is no bridge br0.')
  })

  it('is told of several only when all of them lack it', () => {
    expect(lackOf([one, two], 'nfs')).toBeNull()
    expect(lackOf([one, two], 'apparmor')).toBe('On no host that could take it: Off.')
    expect(bridgeLack([one, two], 'br0')).toBeNull()
    expect(lacksOf([one, two])).toEqual([{ label: 'AppArmor', why: 'Off.' }])
  })

  it('is nothing where no host may be seen', () => {
    expect(lackOf([], 'nfs')).toBeNull()
    expect(bridgeLack([], 'br0')).toBeNull()
    expect(lacksOf([])).toEqual([])
  })
})
