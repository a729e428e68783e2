import { expect, test } from 'vitest'
import { SysError } from '../sys/sys.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { cgroupProcesses } from './cgroup.ts'

const VE = '/sys/fs/cgroup/corral/ve101'
/** EOPNOTSUPP: what the kernel answers for cgroup.procs of a group of threads. */
const NOT_SUPPORTED = 95

test('processes of a VE are found whatever groups it made below its own', () => {
  const sys = memorySys({
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids\n',
    [`${VE}/cgroup.procs`]: '7\n8\n',
    [`${VE}/threads/cgroup.procs`]: '',
    [`${VE}/threads/more/cgroup.procs`]: '',
    [`${VE}/system/sshd/cgroup.procs`]: '9\n',
  })
  const read = sys.read
  sys.read = (path) => {
    if (path.startsWith(`${VE}/threads/`)) throw new SysError('read', path, NOT_SUPPORTED, 'not supported')
    return read(path)
  }
  expect(cgroupProcesses(sys, '/corral/ve101').sort()).toEqual([7, 8, 9])
})

test('a VE’s own group that cannot be read is not taken for an empty one', () => {
  const sys = memorySys({ '/sys/fs/cgroup/cgroup.controllers': '', [`${VE}/cgroup.procs`]: '' })
  sys.read = (path) => {
    throw new SysError('read', path, 5, 'input/output error')
  }
  expect(() => cgroupProcesses(sys, '/corral/ve101')).toThrow('input/output error')
})
