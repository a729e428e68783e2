import { expect, test } from 'vitest'
import { chooseSources, parseSources, throughCache } from './apt-sources.ts'

const DEB822 = `# ours
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: https://security.example/debian-security
Suites: trixie-security
Components: main

Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
Enabled: no

Types: deb
URIs: https://other.example/tools
Suites: stable
Components: main
`

const ONE_LINE = `# deb http://commented.example/debian bookworm main
deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main non-free # ours
deb-src http://source.example/debian bookworm main
deb cdrom:[Debian]/ bookworm main
deb http://security.example/debian-security bookworm-security main`

test('deb822: the archive and the other addresses of this release, and nothing else', () => {
  expect(chooseSources(parseSources(DEB822, 'sources'), 'trixie')).toEqual({
    archive: 'http://mirror.example/debian',
    all: ['http://mirror.example/debian', 'https://security.example/debian-security'],
  })
})

test('one-line format, with options, comments and what is no http mirror', () => {
  expect(chooseSources(parseSources(ONE_LINE, 'list'), 'bookworm')).toEqual({
    archive: 'http://mirror.example/debian',
    all: ['http://mirror.example/debian', 'http://security.example/debian-security'],
  })
})

test('a machine without a mirror of its release is told so', () => {
  expect(() => chooseSources(parseSources(ONE_LINE, 'list'), 'trixie')).toThrow(
    /no http mirror for Debian trixie/,
  )
})

test('hosts speak http to the cache even when the mirror has https', () => {
  expect(throughCache('https://mirror.example/debian')).toBe('http://mirror.example/debian')
})
