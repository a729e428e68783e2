import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { familyOf } from './families/family.ts'
import { changed, type GuestTree } from './guest-tree.ts'
import { planGuest } from './plan.ts'
import { fixtureTree } from './test-fixture-tree.ts'
import type { GuestWish } from './wish.ts'

const FIXTURES = path.join(import.meta.dirname, 'fixtures')
const treeBefore = (name: string) => fixtureTree(path.join(FIXTURES, name, 'before'))
const treeAfter = (name: string) => fixtureTree(path.join(FIXTURES, name, 'after'))

const WISH: GuestWish = {
  ...EXAMPLE_SPEC,
  passwordHash: '$6$salt$hash',
  sshKeys: ['ssh-ed25519 AAAA anna@laptop'],
  hostKey: { privateKey: 'PRIVATE\n', publicKey: 'ssh-ed25519 BBBB root@web1\n' },
  fresh: true,
  newMachine: true,
}

/** Of a VE that has been set up before. */
const LIVED: GuestWish = { ...WISH, hostKey: null, fresh: false, newMachine: false }

/** Files only: that a directory is there follows from them, or was so before. */
const files = (tree: GuestTree) =>
  Object.fromEntries(
    [...tree].flatMap(([name, entry]) => (entry.kind === 'file' ? [[name, entry.text]] : [])),
  )

describe.each(readdirSync(FIXTURES))('%s', (name) => {
  test('is set up as the golden tree shows', () => {
    const tree = treeBefore(name)
    expect(files(changed(tree, planGuest(tree, WISH)))).toEqual(files(treeAfter(name)))
  })

  test('set up a second time, fresh or not, it stays as it is', () => {
    const tree = treeAfter(name)
    expect(planGuest(tree, WISH)).toEqual([])
    expect(planGuest(tree, LIVED)).toEqual([])
  })

  test('what is not asked for is left alone', () => {
    const paths = planGuest(treeBefore(name), {
      ...WISH,
      passwordHash: null,
      sshKeys: null,
      hostKey: null,
    }).map((each) => each.path)
    expect(paths.filter((each) => /shadow|ssh/.test(each))).toEqual([])
  })
})

test.each([
  ['debian-13', 'debian'],
  ['ubuntu-24.04', 'debian'],
  ['alma-9', 'redhat'],
  ['alpine-3', 'alpine'],
  ['unknown', 'generic'],
])('%s is of the family %s', (name, family) => expect(familyOf(treeBefore(name))).toBe(family))

test('a distribution that nobody heard of is taken for what it says it is like', () => {
  const text = 'ID=nobara\nID_LIKE="fedora"\n'
  expect(familyOf(new Map([['etc/os-release', { kind: 'file', text }]]))).toBe('redhat')
})

test('another name and address: own lines in /etc/hosts stay, ours move along', () => {
  const lived = changed(treeAfter('debian-13'), [
    {
      path: 'etc/hosts',
      text: `10.9.9.9 mine\n${files(treeAfter('debian-13'))['etc/hosts']}10.9.9.8 last\n`,
      mode: 0o644,
    },
  ])
  const interfaces = [{ ...EXAMPLE_SPEC.interfaces[0], addresses: ['192.0.2.77'] }] as GuestWish['interfaces']
  const moved = { ...LIVED, hostname: 'web2.example.org', interfaces }
  const hosts = files(changed(lived, planGuest(lived, moved)))['etc/hosts']
  expect(hosts).toContain('10.9.9.9 mine\n')
  expect(hosts).toContain('10.9.9.8 last\n')
  expect(hosts).toContain('192.0.2.77 web2.example.org web2\n')
  expect(hosts).not.toContain('web1')
})

test('without name servers its own resolver stays', () => {
  const tree = changed(treeAfter('debian-13'), [
    { path: 'etc/resolv.conf', text: 'nameserver 127.0.0.53\n', mode: 0o644 },
  ])
  const none = { ...LIVED, dns: { servers: [], search: [] } }
  expect(planGuest(tree, none).map(({ path: name }) => name)).not.toContain('etc/resolv.conf')
})

test('a dollar sign in a hash is a dollar sign', () => {
  const tree = treeBefore('debian-13')
  const shadow = planGuest(tree, { ...WISH, passwordHash: '$6$&$1' }).find(
    (each) => each.path === 'etc/shadow',
  )
  expect(shadow?.text).toMatch(/^root:\$6\$&\$1:19000:/)
  expect(shadow?.mode).toBe('kept')
})
