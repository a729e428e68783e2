import { expect, test } from 'vitest'
import { HOST_TOOL_NAMES, type HostTool } from '../contract/host-facts.ts'
import { GIB, MIB } from '../contract/units.ts'
import type { Inspection } from '../operations/host-access.ts'
import { judgeHost } from './support.ts'

const tools = (missing: HostTool[] = []) =>
  Object.fromEntries(HOST_TOOL_NAMES.map((tool) => [tool, !missing.includes(tool)])) as Record<
    HostTool,
    boolean
  >
const GOOD: Inspection = {
  root: 'direct',
  machine: 'x86_64',
  kernel: '6.12.48+deb13-amd64',
  distribution: { id: 'debian', version: '13', name: 'Debian GNU/Linux 13' },
  packageManager: 'apt-get',
  tools: tools(),
  rootFreeBytes: 10 * GIB,
  vzFreeBytes: 10 * GIB,
  cgroups: 'v2',
  userNamespaces: true,
}

test('a good host is taken; what it lacks is to be installed', () => {
  expect(judgeHost(GOOD)).toEqual({ missing: [] })
  expect(judgeHost({ ...GOOD, tools: tools(['crun', 'criu']) })).toEqual({ missing: ['crun', 'criu'] })
})

test.each<[string, Partial<Inspection>, string, RegExp]>([
  ['no root', { root: 'none' }, 'no-root', /sudo/],
  ['an unknown architecture', { machine: 'sparc64' }, 'unsupported-host', /sparc64/],
  ['an old kernel', { kernel: '4.19.0-27-amd64' }, 'unsupported-host', /4\.19/],
  ['a kernel just too old', { kernel: '5.9.16' }, 'unsupported-host', /5\.10/],
  ['no cgroups', { cgroups: 'none' }, 'unsupported-host', /cgroup/],
  ['no user namespaces', { userNamespaces: false }, 'unsupported-host', /user namespaces/],
  ['a full root', { rootFreeBytes: 100 * MIB }, 'no-disk-space', /^\/ has 100 MiB/],
  ['a full /vz', { vzFreeBytes: 100 * MIB }, 'no-disk-space', /^\/vz has 100 MiB/],
  [
    'another package manager and a required tool missing',
    { packageManager: 'dnf', tools: tools(['crun', 'criu']) },
    'missing-packages',
    /by dnf\. Missing: crun \(starts VEs; Debian’s package crun\)\./,
  ],
])('%s is refused', (_what, change, code, detail) => {
  expect(() => judgeHost({ ...GOOD, ...change })).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(detail) }),
  )
})

test('without apt-get, what is merely useful may be missing', () => {
  expect(judgeHost({ ...GOOD, packageManager: 'dnf', tools: tools(['criu']) })).toEqual({ missing: [] })
})
