import { expect, test } from 'vitest'
import type { VeNamespace } from '../../../lib/contract/ve-application.ts'
import { NO_FEATURES, type VeFeatures } from '../../../lib/contract/ve-features.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { boundingSet } from './capabilities.ts'
import configV1 from './fixtures/oci-config-v1.json' with { type: 'json' }
import { type HostShape, ociSpec } from './oci-spec.ts'

const RLIMITS = [
  { type: 'RLIMIT_NOFILE', soft: 1024, hard: 524_288 },
  { type: 'RLIMIT_NPROC', soft: Infinity, hard: Infinity },
]
const COMMON = {
  machine: 'x86_64',
  lxcfs: true,
  apparmor: false,
  rlimits: RLIMITS,
  oomScore: 0,
  pageBytes: 4096,
}
const V1: HostShape = { ...COMMON, cgroup: { version: 1, swap: true } }
const V2: HostShape = { ...COMMON, cgroup: { version: 2, swap: true } }

type Config = {
  process: Record<string, unknown>
  hostname?: string
  hooks?: Record<string, unknown>
  mounts: { destination: string; type: string; source: string; options: string[] }[]
  linux: {
    namespaces: { type: string; path?: string }[]
    resources: Record<string, unknown>
    devices: { path: string }[]
    uidMappings?: unknown
    maskedPaths: string[]
    readonlyPaths: string[]
    sysctl?: Record<string, string>
    seccomp?: { architectures: string[]; syscalls: { names: string[] }[] }
  }
}
const configOf = (overrides: Partial<VeSpec>, host: HostShape = V1) =>
  ociSpec({ ...EXAMPLE_SPEC, ...overrides }, host) as unknown as Config
const config = (host: HostShape, limits = EXAMPLE_SPEC.limits) => configOf({ limits }, host)
const feature = (features: Partial<VeFeatures>) => ({ features: { ...NO_FEATURES, ...features } })
const application = (...namespaces: VeNamespace[]): Partial<VeSpec> => ({
  kind: 'application',
  namespaces,
  application: {
    command: ['/bin/app', '-x'],
    environment: { A: 'b c' },
    workingDirectory: '/srv',
    uid: 0,
    gid: 0,
  },
})
const mountAt = (made: Config, path: string) => made.mounts.find(({ destination }) => destination === path)

test('the whole config of a VE on a cgroup v1 host', () => {
  expect(ociSpec(EXAMPLE_SPEC, V1)).toEqual(configV1)
})

test('a VE has every kind of namespace of its own', () => {
  const kinds = config(V1).linux.namespaces.map(({ type }) => type)
  expect(kinds.sort()).toEqual(['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'])
})

test('VE root may not set the clock, load modules or reach hardware', () => {
  for (const name of ['CAP_SYS_TIME', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_WAKE_ALARM', 'CAP_SYSLOG']) {
    expect(boundingSet(EXAMPLE_SPEC)).not.toContain(name)
  }
  const refused = config(V1).linux.seccomp?.syscalls.flatMap(({ names }) => names)
  expect(refused).toEqual(
    expect.arrayContaining(['clock_settime', 'kexec_load', 'finit_module', 'settimeofday']),
  )
})

test('the filter covers the 32-bit calls of a 64-bit host', () => {
  expect(config(V1).linux.seccomp?.architectures).toContain('SCMP_ARCH_X86')
})

test('Itanium, which libseccomp does not know, gets no filter', () => {
  expect(config({ ...V1, machine: 'ia64' }).linux.seccomp).toBeUndefined()
})

test('v1: shares, and memory and swap together', () => {
  const limits = { ...EXAMPLE_SPEC.limits, cpuUnits: 2000, cpuLimitPercent: 150, swapBytes: 1024 }
  expect(config(V1, limits).linux.resources).toEqual({
    pids: { limit: 1024 },
    memory: { limit: 536_870_912, swap: 536_871_936 },
    cpu: { shares: 2048, quota: 150_000, period: 100_000 },
  })
})

test('v2: a weight, a device list, and a writable cgroup tree', () => {
  const { linux, mounts } = config(V2)
  expect(linux.resources).toMatchObject({
    unified: { 'cpu.weight': '100' },
    devices: [{ allow: false, access: 'rwm' }],
    cpu: {},
  })
  expect(mounts.map(({ destination }) => destination)).toContain('/sys/fs/cgroup')
})

test('without swap accounting no swap limit is asked for', () => {
  const { linux } = config({ ...V1, cgroup: { version: 1, swap: false } })
  expect(linux.resources.memory).toEqual({ limit: 536_870_912 })
})

test('features are off, and each brings what it needs', () => {
  const off = configOf({})
  expect([off.hooks, off.linux.devices]).toEqual([undefined, []])
  const on = configOf(feature({ fuse: true, tun: true, nesting: true }), V2)
  expect(on.linux.devices.map(({ path }) => path)).toEqual(['/dev/fuse', '/dev/net/tun'])
  expect(on.linux.resources).toMatchObject({
    devices: [
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', major: 10, minor: 229, access: 'rwm' },
      { allow: true, type: 'c', major: 10, minor: 200, access: 'rwm' },
    ],
  })
  expect(JSON.stringify(on.hooks)).toContain('/run/corral/ve/101/root/dev/.corral')
})

test('an extra capability comes with the call that it is for', () => {
  const made = configOf(feature({ capabilities: ['CAP_BPF'] }))
  expect(made.process.capabilities).toMatchObject({ effective: expect.arrayContaining(['CAP_BPF']) })
  const refused = made.linux.seccomp?.syscalls.flatMap(({ names }) => names)
  expect(refused).not.toContain('bpf')
  expect(refused).toContain('perf_event_open')
})

test('an application runs its program, with what one program needs', () => {
  const made = configOf(application('pid', 'ipc', 'uts', 'network', 'user', 'cgroup'))
  expect(made.process).toMatchObject({ args: ['/bin/app', '-x'], cwd: '/srv', noNewPrivileges: false })
  expect(made.process.env).toContain('A=b c')
  expect(made.process.capabilities).toMatchObject({
    effective: expect.not.arrayContaining(['CAP_SYS_ADMIN', 'CAP_NET_ADMIN', 'CAP_NET_RAW']),
  })
  expect(made.linux.sysctl).toEqual({ 'net.ipv4.ip_unprivileged_port_start': '0' })
})

test('a program that is not root starts without capabilities', () => {
  const spec = application('pid', 'user')
  const made = configOf({ ...spec, application: { ...spec.application, uid: 33, gid: 33 } as never })
  expect(made.process).toMatchObject({
    user: { uid: 33, gid: 33 },
    capabilities: { effective: [], permitted: [] },
  })
})

test('sharing the network: the host’s /sys, read-only throughout and without the host’s inner file systems', () => {
  const made = configOf(application('pid', 'user'))
  expect(mountAt(made, '/sys')).toMatchObject({
    source: '/sys',
    options: expect.arrayContaining(['rbind', 'rro']),
  })
  expect(made.linux.maskedPaths).toEqual(expect.arrayContaining(['/sys/fs/cgroup', '/sys/kernel/debug']))
  expect(mountAt(made, '/dev/.corral/nfs')).toBeUndefined()
  expect(made.linux.sysctl).toBeUndefined()
})

test('sharing the processes: the host’s /proc', () => {
  expect(mountAt(configOf(application('network', 'user')), '/proc')).toMatchObject({ source: '/proc' })
  expect(mountAt(configOf(application('network')), '/proc')).toMatchObject({ type: 'proc' })
})

test('sharing the users: no ids are mapped, nothing is gained, sysctls are read-only, the host’s name stays', () => {
  const made = configOf({ ...application('network'), ...feature({ capabilities: ['CAP_BPF'] }) })
  expect(made.linux.uidMappings).toBeUndefined()
  expect(made.hostname).toBeUndefined()
  expect(made.process.noNewPrivileges).toBe(true)
  expect(made.process.capabilities).toMatchObject({ bounding: expect.not.arrayContaining(['CAP_BPF']) })
  expect(made.linux.readonlyPaths).toContain('/proc/sys')
  expect(mountAt(made, '/dev/mqueue')).toBeUndefined()
})

test('shared memory and terminals are bounded as asked, and scores are the host’s to say', () => {
  const pair = (value: number) => ({ barrier: value, limit: value })
  const beancounters = {
    ...EXAMPLE_SPEC.limits.beancounters,
    shmpages: pair(2 ** 20 + 1),
    numpty: pair(7),
  }
  const made = configOf({ limits: { ...EXAMPLE_SPEC.limits, beancounters } }, { ...V2, oomScore: -50 })
  expect(made.linux.sysctl).toEqual({ 'kernel.shmall': '257' })
  expect(mountAt(made, '/dev/shm')?.options).toContain('size=1048577')
  expect(mountAt(made, '/dev/pts')?.options).toContain('max=8')
  expect(made.process.oomScoreAdj).toBe(-50)
  expect(configOf({}).linux.sysctl).toBeUndefined()
})

test('own users are a namespace made before, which none of the host’s holds', () => {
  expect(configOf({}).linux.namespaces).toContainEqual({
    type: 'user',
    path: '/run/corral/ve/101/host/users',
  })
})

test('own clocks are a namespace made before', () => {
  const { namespaces } = configOf({ namespaces: [...EXAMPLE_SPEC.namespaces, 'time'] }).linux
  expect(namespaces).toContainEqual({ type: 'time', path: '/run/corral/ve/101/host/clocks' })
})

test('figures of its own come from lxcfs, where it runs', () => {
  expect(mountAt(configOf({}), '/proc/meminfo')?.source).toBe('/var/lib/lxcfs/proc/meminfo')
  expect(mountAt(configOf({}, { ...V1, lxcfs: false }), '/proc/meminfo')).toBeUndefined()
})

test('AppArmor: the host’s profile, stacked with the VE’s own policy', () => {
  const confined = { ...V1, apparmor: true }
  expect(configOf({}, confined).process.apparmorProfile).toBe('corral-ve101//&:corral-ve101:unconfined')
  expect(mountAt(configOf({}, confined), '/sys/kernel/security')).toBeUndefined()
  const owner = configOf(feature({ capabilities: ['CAP_MAC_ADMIN'] }), confined)
  expect(mountAt(owner, '/sys/kernel/security')).toBeDefined()
})
