import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runInside } from '../run-inside.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { changeLine, parseRead, readGuest } from './guest-io.ts'
import { WRITE_SCRIPT } from './guest-scripts.ts'

test('what was read: kinds, and texts line by line', () => {
  const tree = parseRead(
    'F etc/hosts\nD etc/network\nL etc/resolv.conf\nF etc/empty\n.\netc/hosts:a:b\netc/hosts:\netc/hosts:c\n',
  )
  expect([...tree]).toEqual([
    ['etc/hosts', { kind: 'file', text: 'a:b\n\nc\n' }],
    ['etc/network', { kind: 'directory' }],
    ['etc/resolv.conf', { kind: 'link' }],
    ['etc/empty', { kind: 'file', text: '' }],
  ])
})

test('lines for files that were not announced are left out', () => {
  expect([...parseRead('F etc/hosts\n.\netc/shadow:root::\nnonsense\n')]).toEqual([
    ['etc/hosts', { kind: 'file', text: '' }],
  ])
})

test.each(['', 'plain\n', '  two spaces\n\ttab \\n \\\\ $HOME `id`\n', 'ünï ☃\n\n\n'])(
  'a change is one line, and Perl reads out of it what went in: %j',
  (text) => {
    const line = changeLine({ path: 'etc/x', text, mode: 0o644 })
    expect(line.split('\n')).toHaveLength(2)
    const decode = WRITE_SCRIPT.split('\n').find((each) => each.includes('$text =~'))
    const script = `chomp(my $line = <STDIN>); my ($mode, $path, $text) = split / /, $line, 3; ${decode} print $text`
    expect(execFileSync('perl', ['-e', script], { input: line, encoding: 'utf8' })).toBe(text)
  },
)

test('among the files of a VE no translations are looked for', () => {
  const sys = memorySys()
  const locales: unknown[] = []
  const { start, run } = sys
  sys.start = (argv, options) => {
    locales.push(options?.env?.LC_ALL)
    return start(argv, options)
  }
  sys.run = (argv, options) => {
    locales.push(options?.env?.LC_ALL)
    return run(argv, options)
  }
  readGuest(sys, { path: '/root', idBase: 1_000_000 })
  sys.files.set('/proc/sys/kernel/arch', 'x86_64\n')
  runInside(sys, { namespaces: ['user'] }, 7, 'unlink', ['/dev/a', '/b'])
  expect(locales).toEqual(['C', 'C'])
})
