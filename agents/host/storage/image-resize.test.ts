import { expect, test } from 'vitest'
import { vePaths } from '../paths.ts'
import type { RunResult } from '../sys/sys.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { changeDetached, resizeImage } from './image-resize.ts'

const { disk, root } = vePaths(101)
const GIB = 2 ** 30

function machine(mounted: boolean, resize: Partial<RunResult>) {
  const mounts = mounted ? `36 35 7:0 / ${root} rw - ext4 /dev/loop3 rw\n` : ''
  const sys = memorySys({ '/proc/self/mountinfo': mounts, [disk]: 'image' }, (argv) => {
    if (mounted && argv[0] === 'losetup' && argv[1] === '--associated')
      return { stdout: `/dev/loop3: [0]:1 (${disk})\n` }
    if (argv[0] === 'cp') sys.write(`${disk}.new`, 'image')
    return argv[0] === 'resize2fs' ? resize : undefined
  })
  const sizes: [string, number][] = []
  sys.extend = (path, size) => void sizes.push([path, size])
  const ran = () => sys.runs.map(({ argv }) => argv.join(' '))
  return { sys, sizes, ran }
}

test('a mounted file system that grew in part is not cut off: its image stays long', () => {
  const { sys, sizes, ran } = machine(true, { code: 1, stderr: 'resize2fs: No space left on device' })
  expect(() => resizeImage(sys, 101, 4 * GIB)).toThrow('No space left on device')
  expect(sizes).toEqual([[disk, 4 * GIB]])
  expect(ran()).toEqual([
    `losetup --associated ${disk}`,
    'losetup --set-capacity /dev/loop3',
    'resize2fs /dev/loop3 4194304K',
  ])
})

test('what the kernel does not let the host do is said as such', () => {
  const { sys } = machine(true, { code: 1, stderr: 'resize2fs: Permission denied to resize filesystem' })
  expect(() => resizeImage(sys, 101, 4 * GIB)).toThrow('stop the VE first')
})

test('an image that is longer already does not make the file system larger than was asked for', () => {
  const { sys, ran } = machine(false, {})
  resizeImage(sys, 101, 4 * GIB)
  expect(ran()).toContain(`resize2fs ${disk}.new 4194304K`)
})

test('an image that is held somewhere is not copied, since not all may be in it', () => {
  const { sys, ran } = machine(true, {})
  sys.files.set('/proc/self/mountinfo', '')
  expect(() => resizeImage(sys, 101, 4 * GIB)).toThrow('still holds')
  expect(ran().filter((line) => line.startsWith('cp'))).toEqual([])
})

test('an image changes as a copy that takes its name; what fails leaves the one that was', () => {
  const { sys, ran } = machine(false, {})
  changeDetached(sys, disk, (copy) => sys.write(copy, 'changed'))
  expect(sys.read(disk)).toBe('changed')
  expect(ran().at(-1)).toBe(`sync ${disk}.new`)
  const fails = (copy: string) => {
    sys.write(copy, 'half')
    throw new Error('killed')
  }
  expect(() => changeDetached(sys, disk, fails)).toThrow('killed')
  expect([sys.read(disk), sys.read(`${disk}.new`)]).toEqual(['changed', null])
})
