import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { endHolders, nodeId } from './device-holders.ts'

const NODE = '/run/corral/ve/101/host/dev/sdb1'
const GROUP = '/sys/fs/cgroup/pids/corral/ve101/cgroup.procs'
/** The node: inode 5 of file system 0:108. */
const FILES: Record<string, string> = {
  [GROUP]: '11\n12\n13\n14\n',
  // Held by a thread with descriptors of its own.
  '/proc/11/task/11/fdinfo/0': 'pos:\t0\nino:\t7\n',
  '/proc/11/task/19/fdinfo/3': 'pos:\t0\nflags:\t0\nmnt_id:\t50\nino:\t5\n',
  // Another node of that file system; a file of another that has the inode's number.
  '/proc/12/task/12/fdinfo/3': 'mnt_id:\t50\nino:\t6\n',
  '/proc/13/task/13/fdinfo/3': 'mnt_id:\t9\nino:\t5\n',
  // Mapped.
  '/proc/14/task/14/fdinfo/0': 'ino:\t7\n',
}
const DESCRIPTORS: Record<string, string> = {
  '/proc/11/task/11/fd/0': '30 7',
  '/proc/11/task/19/fd/3': '108 5',
  '/proc/12/task/12/fd/3': '108 6',
  '/proc/13/task/13/fd/3': '31 5',
  '/proc/14/task/14/fd/0': '30 7',
}
const MAPS = '7f00-7f01 rw-s 00000000 00:6c 5                          /dev/corral/sdb1'

function host() {
  const sys = memorySys(FILES, (argv) => {
    if (argv[0] === 'stat') return { stdout: '108 0 108 5\n' }
    if (argv[3] === 'stat') {
      const lines = argv.slice(7).map((path) => `${DESCRIPTORS[path]} ${path}\n`)
      return { stdout: lines.join('') }
    }
    if (argv[3] !== 'grep') return undefined
    const [line = '', ...paths] = argv.slice(8)
    const found = paths.filter((path) => path.startsWith('/proc/14/') && new RegExp(line).test(MAPS))
    return { stdout: found.map((path) => `${path}\n`).join('') }
  })
  const asked = () => sys.runs.find(({ argv }) => argv[3] === 'stat')?.argv.slice(7)
  const end = () => {
    const id = nodeId(sys, NODE)
    endHolders(sys, 101, id === null ? [] : [id])
    return sys.signals
  }
  return { sys, asked, end }
}

test('whoever has the node itself, in whatever thread or mapped, is ended; nobody else', () => {
  const { asked, end } = host()
  expect(end()).toEqual([
    { pid: 11, signal: 9 },
    { pid: 14, signal: 9 },
  ])
  expect(asked()).toEqual(['/proc/11/task/19/fd/3', '/proc/13/task/13/fd/3'])
})

test('a kernel that does not tell inodes: every descriptor is asked for', () => {
  const { sys, asked, end } = host()
  for (const path of Object.keys(FILES)) {
    if (path.includes('/fdinfo/')) sys.files.set(path, 'mnt_id:\t50\n')
  }
  expect(end().map(({ pid }) => pid)).toEqual([11, 14])
  expect(asked()).toEqual(Object.keys(DESCRIPTORS))
})

test('a number that is another process’s by now is left alone', () => {
  const { sys, end } = host()
  const { run } = sys
  sys.run = (argv, options) => {
    const result = run(argv, options)
    if (argv[3] === 'grep') sys.files.set(GROUP, '14\n')
    return result
  }
  expect(end().map(({ pid }) => pid)).toEqual([14])
})
