import { expect, test } from 'vitest'
import { type NfsMount, NO_FEATURES } from '../../../lib/contract/ve-features.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withRevert } from '../revert.ts'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { type MemorySys, memorySys } from '../testing/memory-sys.ts'
import { attachNfs, convergeNfs, unmountNfs } from './nfs.ts'

const HOST = { '/proc/sys/kernel/arch': 'x86_64\n' }
const data: NfsMount = { server: '192.0.2.9', export: '/export/data', path: '/srv/data', readOnly: true }
const home: NfsMount = { server: '2001:db8::9', export: '/export/home', path: '/srv/home', readOnly: false }
const spec = (...nfs: NfsMount[]): VeSpec => ({ ...EXAMPLE_SPEC, features: { ...NO_FEATURES, nfs } })
const SLOT = '/run/corral/ve/101/host/nfs'
const argvs = (sys: MemorySys) => sys.runs.map(({ argv }) => argv.join(' '))

test('the host mounts it in the VE’s network, its own root binds it to the path', () => {
  const sys = memorySys(HOST)
  attachNfs(sys, spec(data, home), 7)
  const [mount, bind, second] = argvs(sys)
  expect(mount).toBe(
    `timeout -k 5 30 nsenter -t 7 -n mount -t nfs -o vers=4,nosuid,nodev,retry=0,ro 192.0.2.9:/export/data ${SLOT}/0`,
  )
  expect(bind).toMatch(/^timeout -k 1 5 perl [\s\S]* 7 308 165 166 \/srv\/data \/dev\/\.corral\/nfs\/0$/)
  expect(second).toContain(`-o vers=4,nosuid,nodev,retry=0 [2001:db8::9]:/export/home ${SLOT}/1`)
})

test('only what differs is changed', () => {
  const sys = memorySys(HOST)
  attachNfs(sys, spec(data), 7)
  sys.runs.length = 0
  withRevert((revert) => convergeNfs(sys, spec(data), spec(data, home), 7, revert))
  expect(argvs(sys).filter((each) => each.includes('mount -t nfs'))).toHaveLength(1)
  sys.runs.length = 0
  withRevert((revert) => convergeNfs(sys, spec(data, home), spec(home), 7, revert))
  expect(argvs(sys)).toContain(`timeout -s KILL 10 umount --force --lazy ${SLOT}/0`)
  expect(argvs(sys)).not.toContain(`timeout -s KILL 10 umount --force --lazy ${SLOT}/1`)
})

test('a mount that fails brings those of before back', () => {
  const sys = memorySys(HOST, (argv) =>
    argv.includes('[2001:db8::9]:/export/home')
      ? { code: 32, stderr: 'mount.nfs: No route to host\n' }
      : undefined,
  )
  attachNfs(sys, spec(data), 7)
  const change = () => withRevert((revert) => convergeNfs(sys, spec(data), spec(home), 7, revert))
  expect(change).toThrow('No route to host')
  expect(argvs(sys).at(-2)).toContain('192.0.2.9:/export/data')
  sys.runs.length = 0
  unmountNfs(sys, 101)
  expect(argvs(sys)).toEqual([`timeout -s KILL 10 umount --force --lazy ${SLOT}/0`])
})

test('is refused where the VE shares users or network with the host', () => {
  expect(() => attachNfs(memorySys(), { ...spec(data), namespaces: ['network'] }, 7)).toThrow(
    'NFS takes users',
  )
})
