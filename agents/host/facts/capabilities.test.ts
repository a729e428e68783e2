import { expect, test } from 'vitest'
import { CAPABILITY_NAMES } from '../../../lib/contract/capabilities.ts'
import { HOST_TOOL_NAMES } from '../../../lib/contract/host-facts.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { probeCapabilities } from './capabilities.ts'
import { RESOURCE_PROBES } from './resource-probes.ts'

const TOOLS = Object.fromEntries([...HOST_TOOL_NAMES, 'apt-get'].map((tool) => [`/usr/bin/${tool}`, '']))
const HOST: Record<string, string> = {
  ...TOOLS,
  '/usr/lib/x86_64-linux-gnu/libcriu.so.2': '',
  '/proc/sys/kernel/arch': 'x86_64\n',
  '/vz/x': '',
  '/sys/fs/cgroup/memory/cgroup.procs': '',
  '/sys/fs/cgroup/cpu/cgroup.procs': '',
  '/sys/fs/cgroup/pids/cgroup.procs': '',
  '/sys/module/apparmor/parameters/enabled': 'Y\n',
  '/sys/kernel/security/apparmor/policy/namespaces/x/y': '',
  '/proc/sys/net/bridge/bridge-nf-call-iptables': '1\n',
  '/dev/fuse': '',
  '/dev/net/tun': '',
  '/proc/filesystems': 'nodev\tnfs4\n',
  '/var/lib/lxcfs/proc/uptime': '12.5 3.1\n',
  '/var/lib/lxcfs/sys/devices/system/cpu/online': '0\n',
}

type Program = Parameters<typeof memorySys>[1]

/** Its mount(8) mounts, with shifted ids or without. */
function host(files: Record<string, string>, options: string, program: Program = () => undefined) {
  const mounts = '/proc/self/mountinfo'
  const sys: ReturnType<typeof memorySys> = memorySys({ ...files, [mounts]: '' }, (argv, given) => {
    const mounted = `9 8 7:1 / ${argv.at(-1)} rw,relatime${options} - ext4 /dev/loop1 rw\n`
    const result = program(argv, given)
    if (result?.code) return result
    if (argv[0] === 'mount') sys.files.set(mounts, mounted)
    if (argv[0] === 'umount') sys.files.set(mounts, '')
    return result
  })
  return sys
}

test('a host where everything works has no reason against anything', () => {
  const report = probeCapabilities(host(HOST, ',idmapped'))
  // What of limits a host holds has tests of its own: no host can do it all, whichever cgroups and file system it has.
  for (const name of CAPABILITY_NAMES.filter((each) => !(each in RESOURCE_PROBES)))
    expect([name, report[name]]).toEqual([name, { available: true, reason: null }])
})

test('a missing program is named with its package', () => {
  const { '/usr/bin/mmdebstrap': _, ...without } = HOST
  const report = probeCapabilities(memorySys(without))
  expect(report['template-build']).toEqual({
    available: false,
    reason: 'Not installed: mmdebstrap (package mmdebstrap).',
  })
})

test('a kernel that lists a thing and refuses it is found out, with its own words', () => {
  const sys = host(HOST, ',idmapped', (argv) =>
    argv.some((word) => word.includes('X-mount.idmap'))
      ? { code: 32, stderr: 'mount: idmap: not permitted\n' }
      : undefined,
  )
  const report = probeCapabilities(sys)
  expect(report['storage-image'].available).toBe(true)
  expect(report['id-mapped-mounts']).toEqual({
    available: false,
    reason: 'mount refuses: mount: idmap: not permitted',
  })
})

test('a mount program that ignores the wish for shifted ids is found out', () => {
  const report = probeCapabilities(host(HOST, ''))
  expect(report['id-mapped-mounts'].reason).toContain('util-linux 2.39')
})

test('CRIU is not asked for where it does not exist', () => {
  const report = probeCapabilities(memorySys({ ...HOST, '/proc/sys/kernel/arch': 'i686\n' }))
  expect(report.checkpoint).toEqual({ available: false, reason: 'CRIU does not exist for i686.' })
})

test('probes leave no file but what was found, for who makes VEs', () => {
  const sys = host(HOST, ',idmapped')
  const before = [...sys.files.keys()]
  probeCapabilities(sys)
  const left = [...sys.files.keys()].filter((path) => !/^\/run\/corral\/(probed|lock)\//.test(path))
  expect(left).toEqual(before)
})

test('NFS: the program, and a kernel that has it or can load it', () => {
  const { '/proc/filesystems': _, ...without } = HOST
  const loadable = (code: number) =>
    probeCapabilities(memorySys(without, (argv) => (argv[0] === 'modprobe' ? { code } : undefined))).nfs
  expect(loadable(0).available).toBe(true)
  expect(loadable(1).reason).toBe('The kernel has no NFS client.')
})

test('lxcfs that knows no cgroup v1 says so', () => {
  const { '/var/lib/lxcfs/proc/uptime': _, ...without } = HOST
  const sys = memorySys(without, (argv, { outputFile }) => {
    if (argv[0] === 'setsid' && outputFile !== undefined) {
      sys.files.set(outputFile, 'cgroup_init: Failed to initialize cgroup driver\n')
    }
    return undefined
  })
  expect(probeCapabilities(sys).lxcfs.reason).toContain('lxcfs 7 needs cgroup v2')
})

test('what cannot write memory down says whose fault it is', () => {
  const { '/usr/lib/x86_64-linux-gnu/libcriu.so.2': _, ...without } = HOST
  expect(probeCapabilities(memorySys(without)).checkpoint).toEqual({
    available: false,
    reason: 'Not installed: libcriu.so.2 (package libcriu2).',
  })
  const sys = memorySys(HOST)
  const { run } = sys
  sys.run = (argv, options) =>
    argv.join(' ') === 'crun --version'
      ? { code: 0, stdout: '+SECCOMP -CRIU', stderr: '' }
      : run(argv, options)
  expect(probeCapabilities(sys).checkpoint.reason).toBe('crun was built without CRIU on this host.')
})
