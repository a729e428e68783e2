import { expect, test } from 'vitest'
import { parseHierarchies } from './cgroup-hierarchies.ts'

const mount = (root: string, at: string, type: string, options: string) =>
  `31 23 0:28 ${root} ${at} rw,relatime shared:9 - ${type} ${type} rw,${options}`

test('v1 controllers, named and joint ones, without the empty unified hierarchy', () => {
  const mounts = [
    mount('/', '/sys/fs/cgroup', 'tmpfs', 'mode=755'),
    mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'),
    mount('/', '/sys/fs/cgroup/memory', 'cgroup', 'memory'),
    mount('/', '/sys/fs/cgroup/systemd', 'cgroup', 'name=systemd'),
    mount('/', '/sys/fs/cgroup/unified', 'cgroup2', 'nsdelegate'),
  ].join('\n')
  const self = '4:memory:/api/1\n3:cpu,cpuacct:/\n2:name=systemd:/\n1:freezer:/\n0::/\n'
  expect(parseHierarchies(self, mounts)).toEqual([
    {
      version: 1,
      controllers: ['memory'],
      mountPoint: '/sys/fs/cgroup/memory',
      own: '/sys/fs/cgroup/memory/api/1',
    },
    {
      version: 1,
      controllers: ['cpu', 'cpuacct'],
      mountPoint: '/sys/fs/cgroup/cpu,cpuacct',
      own: '/sys/fs/cgroup/cpu,cpuacct',
    },
    {
      version: 1,
      controllers: ['name=systemd'],
      mountPoint: '/sys/fs/cgroup/systemd',
      own: '/sys/fs/cgroup/systemd',
    },
  ])
})

test('a machine with cgroup v2 alone', () => {
  const own = parseHierarchies(
    '0::/user.slice/user-0.slice/session-1.scope\n',
    mount('/', '/sys/fs/cgroup', 'cgroup2', 'nsdelegate'),
  )
  expect(own).toEqual([
    {
      version: 2,
      controllers: [],
      mountPoint: '/sys/fs/cgroup',
      own: '/sys/fs/cgroup/user.slice/user-0.slice/session-1.scope',
    },
  ])
})

test('a hierarchy of which only a part is mounted', () => {
  const [memory] = parseHierarchies('4:memory:/box/a\n', mount('/box', '/cg/memory', 'cgroup', 'memory'))
  expect(memory?.own).toBe('/cg/memory/a')
})
