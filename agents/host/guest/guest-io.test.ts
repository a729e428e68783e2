import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { runInside } from '../run-inside.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { changeLine, parseRead, readGuest } from './guest-io.ts'
import { READ_SCRIPT, WRITE_SCRIPT } from './guest-scripts.ts'

test('what was read: kinds and texts', () => {
  const tree = parseRead(
    'F etc/hosts\nD etc/network\nL etc/resolv.conf\nF etc/empty\n.\netc/hosts:a:b\n\nc\n\0',
  )
  expect([...tree]).toEqual([
    ['etc/hosts', { kind: 'file', text: 'a:b\n\nc\n' }],
    ['etc/network', { kind: 'directory' }],
    ['etc/resolv.conf', { kind: 'link' }],
    ['etc/empty', { kind: 'file', text: '' }],
  ])
})

test('files that were not announced are left out', () => {
  expect([...parseRead('F etc/hosts\n.\netc/shadow:root::\n\0nonsense\n\0')]).toEqual([
    ['etc/hosts', { kind: 'file', text: '' }],
  ])
})

/** Without becoming the VE's root. */
function read(folder: string, paths: readonly string[]): string {
  const script = READ_SCRIPT.replace(/^\$\) = .*$/m, '').replace(/^chroot.*$/m, '')
  return execFileSync('perl', ['-e', script], {
    cwd: folder,
    input: paths.join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 23,
  })
}

test('files are read whole or not at all', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'corral-guest-'))
  try {
    const hosts = '192.0.2.1 advertisements.example.org\n'.repeat(90_000)
    writeFileSync(path.join(folder, 'hosts'), `${hosts}# the end`)
    writeFileSync(path.join(folder, 'zeros'), 'a\0b\n')
    mkdirSync(path.join(folder, 'folder'))
    symlinkSync('/etc', path.join(folder, 'link'))
    expect([...parseRead(read(folder, ['hosts', 'absent', 'zeros', 'folder', 'link']))]).toEqual([
      ['hosts', { kind: 'file', text: `${hosts}# the end\n` }],
      ['zeros', { kind: 'file', text: 'ab\n' }],
      ['folder', { kind: 'directory' }],
      ['link', { kind: 'link' }],
    ])
    appendFileSync(path.join(folder, 'zeros'), 'x'.repeat(1_000_000))
    expect(() => read(folder, ['hosts', 'zeros'])).toThrow('/zeros in the VE is too large')
  } finally {
    rmSync(folder, { recursive: true })
  }
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
