import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { parseInspection } from './inspection.ts'
import * as scripts from './scripts.ts'

/** As a Debian 13 machine printed it, shortened. */
const DEBIAN = `machine=x86_64
kernel=6.12.48+deb13-amd64
os-PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
os-VERSION_ID="13"
os-ID=debian
tool=ip
tool=nsenter
manager=apt-get
root-free-kib=1048576
vz-free-kib=2097152
cgroups=v2
user-namespaces=63466
`

test('what the inspection prints is read', () => {
  const found = parseInspection(DEBIAN)
  expect(found).toMatchObject({
    machine: 'x86_64',
    kernel: '6.12.48+deb13-amd64',
    distribution: { id: 'debian', version: '13', name: 'Debian GNU/Linux 13 (trixie)' },
    packageManager: 'apt-get',
    rootFreeBytes: 1024 ** 3,
    vzFreeBytes: 2 * 1024 ** 3,
    cgroups: 'v2',
    userNamespaces: true,
  })
  expect(found.tools).toMatchObject({ ip: true, nsenter: true, crun: false })
})

test('noise in front is passed over; what is no Unix is refused', () => {
  expect(parseInspection(`Welcome!\n${DEBIAN}`).kernel).toBe('6.12.48+deb13-amd64')
  expect(() => parseInspection('This service allows sftp connections only.')).toThrow(/Linux/)
})

test.each(Object.entries(scripts))('%s is POSIX shell without a single quote', (_name, script) => {
  expect(script).not.toContain("'")
  const check = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })
  expect(check.stderr).toBe('')
})

test('the inspection runs on this machine and changes nothing', () => {
  const { stdout } = spawnSync('sh', ['-c', scripts.INSPECT], { encoding: 'utf8' })
  if (process.platform === 'linux') expect(parseInspection(stdout).rootFreeBytes).toBeGreaterThan(0)
  else expect(stdout).toContain('kernel=')
})
