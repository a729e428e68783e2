import { expect, test } from 'vitest'
import { parseIndexTargets, sourceLines, transportOptions } from './apt-sources.ts'

const TARGETS = parseIndexTargets(`http://mirror.example/debian/ forky main
http://mirror.example/debian-security/ trixie-security main
file:/srv/local/ trixie main
https://other.example/apt stable extra
`)

test('a released suite comes with its updates and, where the host has a mirror of them, security fixes', () => {
  expect(sourceLines(TARGETS, 'trixie')).toEqual([
    'deb http://mirror.example/debian/ trixie main',
    'deb http://mirror.example/debian/ trixie-updates main',
    'deb http://mirror.example/debian-security/ trixie-security main',
  ])
})

test('an unreleased suite has neither', () => {
  expect(sourceLines(TARGETS, 'forky')).toEqual(['deb http://mirror.example/debian/ forky main'])
})

test('a host without a Debian mirror has no source; local directories and other vendors are none', () => {
  expect(sourceLines(TARGETS.slice(2), 'trixie')).toEqual([])
})

test('proxies go along, helper programs and everything else do not', () => {
  const dump = `APT "";
Acquire::http::Proxy "http://10.77.0.1:3142";
Acquire::https::mirror.example::Proxy "DIRECT";
Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";
Acquire::Check-Valid-Until "false";
APT::Update::Post-Invoke:: "rm -f /x";
`
  expect(transportOptions(dump)).toEqual([
    'Acquire::http::Proxy "http://10.77.0.1:3142";',
    'Acquire::https::mirror.example::Proxy "DIRECT";',
    'Acquire::Check-Valid-Until "false";',
  ])
})
