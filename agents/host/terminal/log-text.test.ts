import { expect, test } from 'vitest'
import { logText } from './log-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const TIME = '2026-11-21T11:36:53.078662263+00:00'

test('takes times and marks off, whole or in pieces', () => {
  const log = `${TIME} stdout F one\r\n${TIME} stdout P two \n${TIME} stdout F three\r\n${TIME} stdout P $ \n`
  const shown = 'one\r\ntwo three\r\n$ '
  for (let cut = 0; cut <= log.length; cut += 1) {
    const text = logText()
    const parts = [text(bytes(log.slice(0, cut))), text(bytes(log.slice(cut)))]
    expect(parts.map((part) => new TextDecoder().decode(part)).join('')).toBe(shown)
  }
})

test('leaves bytes that are no text as they are', () => {
  const raw = new Uint8Array([...bytes(`${TIME} stdout P `), 0xff, 0x00, 0x1b, 0x0a])
  expect([...logText()(raw)]).toEqual([0xff, 0x00, 0x1b])
})

test('lets pass what is no line of the log, and holds back no more than a line', () => {
  const text = logText()
  expect(new TextDecoder().decode(text(bytes('?\n\n')))).toBe('?\n\n')
  expect(text(bytes('x'.repeat(70_000)))).toHaveLength(70_000)
})
