import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import configV1 from './fixtures/oci-config-v1.json' with { type: 'json' }
import { VE_CAPABILITIES } from './oci-privileges.ts'
import { type HostShape, ociSpec } from './oci-spec.ts'

const V1: HostShape = { machine: 'x86_64', cgroup: { version: 1, swap: true } }
const V2: HostShape = { machine: 'x86_64', cgroup: { version: 2, swap: true } }

type Config = {
  mounts: { destination: string }[]
  linux: {
    namespaces: { type: string }[]
    resources: Record<string, unknown>
    seccomp?: { architectures: string[]; syscalls: { names: string[] }[] }
  }
}
const config = (host: HostShape, limits = EXAMPLE_SPEC.limits) =>
  ociSpec({ ...EXAMPLE_SPEC, limits }, host) as unknown as Config

test('the whole config of a VE on a cgroup v1 host', () => {
  expect(ociSpec(EXAMPLE_SPEC, V1)).toEqual(configV1)
})

test('a VE has every kind of namespace of its own', () => {
  const kinds = config(V1).linux.namespaces.map(({ type }) => type)
  expect(kinds.sort()).toEqual(['cgroup', 'ipc', 'mount', 'network', 'pid', 'user', 'uts'])
})

test('VE root may not set the clock, load modules or reach hardware', () => {
  for (const name of ['CAP_SYS_TIME', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_WAKE_ALARM', 'CAP_SYSLOG']) {
    expect(VE_CAPABILITIES).not.toContain(name)
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
