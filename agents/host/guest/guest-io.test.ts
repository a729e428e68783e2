import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { parseRead, printfText } from './guest-io.ts'

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

test.each(['', 'plain\n', '  two spaces\n\ttab \\n \\c \\0101 %s "q" \'q\' $HOME `id`\n', 'ünï ☃\n\n\n'])(
  'through read and printf %%b of a shell comes out what went in: %j',
  (text) => {
    const script = 'while read -r mode path text; do printf "%b" "$text"; done'
    const out = execFileSync('sh', ['-c', script], {
      input: `644 etc/x ${printfText(text)}\n`,
      encoding: 'utf8',
    })
    expect(out).toBe(text)
  },
)
