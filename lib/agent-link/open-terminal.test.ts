import { afterEach, expect, test } from 'vitest'
import type { TerminalChannel, TerminalKind } from '../contract/agent-protocol.ts'
import type { Problem } from '../contract/problem.ts'
import { exitWith, type FakeTerminal, startFakeSshd } from './fake-sshd.ts'
import { newSshKey } from './new-ssh-key.ts'
import { SshHostLink } from './ssh-host-link.ts'
import { STREAMS_MOST } from './stream-pool.ts'

const VE = { veid: 101, uuid: '0198c5de-0000-7000-8000-000000000001', epoch: 3 }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

async function linkTo(terminal: (terminal: FakeTerminal) => void) {
  const sshd = await startFakeSshd({ answer: () => {}, terminal })
  const target = { address: '127.0.0.1', port: sshd.port, fingerprint: sshd.fingerprint }
  const link = new SshHostLink(target, newSshKey())
  open.push(sshd, link)
  return { sshd, link }
}

type Opened = { channel: TerminalChannel; said: () => string; ended: Promise<Problem | null> }

async function openOn(link: SshHostLink, kind: TerminalKind = 'console'): Promise<Opened> {
  let text = ''
  let end: (problem: Problem | null) => void = () => {}
  const ended = new Promise<Problem | null>((resolve) => {
    end = resolve
  })
  const channel = await link.openTerminal({
    kind,
    ve: VE,
    size: { columns: 100, rows: 30 },
    onData: (bytes) => {
      text += Buffer.from(bytes).toString('utf8')
    },
    onEnd: (problem) => end(problem),
  })
  return { channel, said: () => text, ended }
}

const opening = ({ channel }: FakeTerminal) => void channel.write('{"opened":true}\r\nroot@ve:~# ')

test('a console has a terminal of the asked size, follows the window, and carries bytes both ways', async () => {
  let there: FakeTerminal | undefined
  const { link } = await linkTo((terminal) => {
    there = terminal
    opening(terminal)
    terminal.channel.on('data', (chunk: Buffer) => void terminal.channel.write(chunk))
  })
  const console = await openOn(link)
  expect(there?.command).toBe(`console 101 ${VE.uuid} 3`)
  expect(there?.pty).toMatchObject({ cols: 100, rows: 30 })
  await console.channel.write(Buffer.from('héllo'))
  await expect.poll(console.said).toBe('root@ve:~# héllo')
  console.channel.resize({ columns: 120, rows: 50 })
  await expect.poll(() => there?.sizes).toEqual([{ cols: 120, rows: 50 }])
})

test('the log of init has no terminal', async () => {
  let there: FakeTerminal | undefined
  const { link } = await linkTo((terminal) => {
    there = terminal
    terminal.channel.write('{"opened":true}\nINIT: version 3')
  })
  const log = await openOn(link, 'boot-log')
  expect(there).toMatchObject({ command: `boot-log 101 ${VE.uuid} 3`, pty: null })
  await expect.poll(log.said).toBe('INIT: version 3')
  log.channel.close()
  expect(await log.ended).toBeNull()
})

test('the agent’s refusal arrives as its problem', async () => {
  const error = { code: 've-not-running', detail: 'VE 101 does not run.' }
  const { link } = await linkTo(({ channel }) => {
    channel.write(`${JSON.stringify({ error })}\r\n`)
    exitWith(channel, 1)
  })
  await expect(openOn(link)).rejects.toMatchObject(error)
})

test.each([
  [
    'an agent that knows no terminals',
    126,
    'Refused: this key may run call or watch only.\r\n',
    'version-mismatch',
  ],
  ['an agent that fails', 1, 'TypeError: not a function\r\n', 'agent-failed'],
  ['an agent that says nothing', 0, '', 'agent-failed'],
])('%s is a problem', async (_what, code, said, problem) => {
  const { link } = await linkTo(({ channel }) => {
    if (said) channel.write(said)
    exitWith(channel, code)
  })
  await expect(openOn(link)).rejects.toMatchObject({ code: expect.stringContaining(problem) })
})

test('a connection that breaks while it opens, or later, is link-lost', async () => {
  const { link } = await linkTo(({ connection }) => connection.end())
  await expect(openOn(link)).rejects.toMatchObject({ code: 'link-lost' })
  const later = await linkTo(opening)
  const console = await openOn(later.link)
  later.sshd.dropConnections()
  expect(await console.ended).toMatchObject({ code: 'link-lost' })
})

test('a shell that ends is no problem, whatever its status', async () => {
  const { link } = await linkTo((terminal) => {
    opening(terminal)
    exitWith(terminal.channel, 130)
  })
  expect(await (await openOn(link)).ended).toBeNull()
})

test('a reader that pauses holds up the host', async () => {
  let written = 0
  const { link } = await linkTo((terminal) => {
    opening(terminal)
    const more = () => {
      while (terminal.channel.writable) {
        written += 65_536
        if (!terminal.channel.write(Buffer.alloc(65_536, 0x61))) break
      }
    }
    terminal.channel.on('drain', more)
    more()
  })
  const console = await openOn(link)
  console.channel.pause()
  // Window and buffers fill up, then nothing moves any more.
  let before = -1
  await expect
    .poll(
      () => {
        const still = written === before
        before = written
        return still
      },
      { interval: 200 },
    )
    .toBe(true)
  const held = console.said().length
  console.channel.resume()
  await expect.poll(() => console.said().length).toBeGreaterThan(held + 4_000_000)
  console.channel.close()
})

test('eight share a connection, another is made for more, the last one out closes it, and there is a most', async () => {
  const { sshd, link } = await linkTo(opening)
  const eight = await Promise.all(Array.from({ length: 8 }, () => openOn(link)))
  expect(sshd.counts.connections).toBe(1)
  const ninth = await openOn(link)
  expect(sshd.counts.connections).toBe(2)
  ninth.channel.close()
  await ninth.ended
  await expect.poll(() => sshd.counts.open).toBe(1)
  const rest = await Promise.all(Array.from({ length: STREAMS_MOST - 8 }, () => openOn(link)))
  await expect(openOn(link)).rejects.toMatchObject({ code: 'terminal-refused' })
  for (const { channel } of [...eight, ...rest]) channel.close()
  await expect.poll(() => sshd.counts.open).toBe(0)
})
