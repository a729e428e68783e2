import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { loadProfile, removeProfile } from './apparmor.ts'
import { profileText } from './apparmor-profile.ts'

const HOST = {
  '/sys/module/apparmor/parameters/enabled': 'Y\n',
  '/usr/sbin/apparmor_parser': '',
  '/sys/kernel/security/apparmor/policy/namespaces/other/x': '',
}
const NAMESPACE = '/sys/kernel/security/apparmor/policy/namespaces/corral-ve101'

test('the whole profile of a system container', async () => {
  await expect(profileText(EXAMPLE_SPEC)).toMatchFileSnapshot('fixtures/apparmor-system.profile')
})

test('the whole profile of an application that shares the host’s users', async () => {
  const shared = { ...EXAMPLE_SPEC, namespaces: ['pid' as const] }
  await expect(profileText(shared)).toMatchFileSnapshot('fixtures/apparmor-shared-users.profile')
})

test('is loaded with a policy namespace, and taken away with it', () => {
  const sys = memorySys(HOST)
  expect(loadProfile(sys, EXAMPLE_SPEC)).toBe(true)
  expect(sys.stat(NAMESPACE)).not.toBeNull()
  expect(sys.runs).toMatchObject([
    { argv: ['apparmor_parser', '--replace', '--skip-cache'], stdin: profileText(EXAMPLE_SPEC) },
  ])
  removeProfile(sys, 101)
  expect(sys.runs[1]).toMatchObject({
    argv: ['apparmor_parser', '--remove'],
    stdin: 'profile "corral-ve101" {}\n',
  })
  expect(sys.stat(NAMESPACE)).toBeNull()
  removeProfile(sys, 101)
  expect(sys.runs).toHaveLength(2)
})

test('nothing is tried where the kernel runs without', () => {
  const sys = memorySys({ ...HOST, '/sys/module/apparmor/parameters/enabled': 'N\n' })
  expect(loadProfile(sys, EXAMPLE_SPEC)).toBe(false)
  removeProfile(sys, 101)
  expect(sys.runs).toEqual([])
})
