import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { endHolders } from './device-holders.ts'

const NODE = '/run/corral/ve/101/host/dev/sdb1'
const GROUP = '/sys/fs/cgroup/pids/corral/ve101/cgroup.procs'

/** pid 11 has the node open, 12 another node of that file system, 13 a file with that inode elsewhere. */
function host() {
  const sys = memorySys(
    {
      [GROUP]: '11\n12\n13\n',
      ...Object.fromEntries(
        [11, 12, 13].map((pid) => [
          `/proc/${pid}/mountinfo`,
          '50 1 0:108 / /dev/corral ro - tmpfs corral rw\n',
        ]),
      ),
      '/proc/11/fdinfo/3': 'pos:\t0\nflags:\t0\nmnt_id:\t50\nino:\t5\n',
      '/proc/12/fdinfo/3': 'pos:\t0\nflags:\t0\nmnt_id:\t50\nino:\t6\n',
      '/proc/13/fdinfo/3': 'pos:\t0\nflags:\t0\nmnt_id:\t9\nino:\t5\n',
    },
    (argv) => (argv[0] === 'stat' ? { stdout: '0:108 5\n' } : undefined),
  )
  const { kill } = sys
  return Object.assign(sys, {
    kill: (pid: number, signal: number) => {
      sys.files.set(GROUP, (sys.files.get(GROUP) ?? '').replace(`${pid}\n`, ''))
      return kill(pid, signal)
    },
  })
}

test('only who has the node open is ended', () => {
  const sys = host()
  endHolders(sys, 101, NODE)
  expect(sys.signals).toEqual([{ pid: 11, signal: 9 }])
})

test('a kernel that does not tell inodes: whoever has a node of the VE open', () => {
  const sys = host()
  sys.files.set('/proc/12/fdinfo/3', 'mnt_id:\t50\n')
  endHolders(sys, 101, NODE)
  expect(sys.signals.map(({ pid }) => pid)).toEqual([11, 12])
})
