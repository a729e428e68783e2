import { expect, test } from 'vitest'
import { BootLogText, LINES_MOST, matching } from './boot-log-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('pieces cut anywhere make whole lines, without colours', () => {
  const said =
    'INIT: version 3.14 booting\r\n[\x1b[32m OK \x1b[0m] Started sshd — fertig.\r\n50%\r75%\r100%\n\x1b]0;title\x07done'
  for (const size of [1, 2, 3, 7, 1000]) {
    const log = new BootLogText()
    const all = bytes(said)
    for (let at = 0; at < all.length; at += size) log.push(all.subarray(at, at + size))
    expect(log.lines).toEqual(['INIT: version 3.14 booting', '[ OK ] Started sshd — fertig.', '100%', 'done'])
  }
})

test('the oldest lines are forgotten', () => {
  const log = new BootLogText()
  for (let i = 0; i < LINES_MOST + 10; i += 1) log.push(bytes(`${i}\n`))
  expect(log.lines).toHaveLength(LINES_MOST)
  expect(log.lines[0]).toBe('10')
  log.clear()
  expect(log.lines).toEqual([])
})

test('a search keeps the lines that have the text', () => {
  const lines = ['Starting cron', 'starting sshd', 'done']
  expect(matching(lines, ' STARTING ')).toEqual(['Starting cron', 'starting sshd'])
  expect(matching(lines, '')).toBe(lines)
})
