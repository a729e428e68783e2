import { afterEach, expect, test } from 'vitest'
import { PROTOCOL_VERSION, type WatchSample } from '../contract/agent-protocol.ts'
import { exitWith, type FakeRequest, reply, startFakeSshd } from './fake-sshd.ts'
import { newSshKey } from './new-ssh-key.ts'
import { type LinkPatience, SshHostLink } from './ssh-host-link.ts'

const PONG = { protocol: 1, agentVersion: '1.0.0' }
const QUICK: LinkPatience = { connectMs: 300, resumeMs: 1_500, retryFirstMs: 20, retryMostMs: 100 }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

async function linkTo(answer: (request: FakeRequest) => void, patience = QUICK, ready?: string) {
  const sshd = await startFakeSshd({ answer, ...(ready === undefined ? {} : { ready }) })
  const target = { address: '127.0.0.1', port: sshd.port, fingerprint: sshd.fingerprint }
  const link = new SshHostLink(target, newSshKey(), patience)
  open.push(sshd, link)
  return { sshd, link }
}

const ping = (link: SshHostLink, key = 'k1') => link.call('ping', {}, { key })

test('calls share one connection, run at most six at once, and pass progress and log on', async () => {
  const seen: string[] = []
  const { sshd, link } = await linkTo((request) => {
    const { channel } = request
    channel.write('{"jsonrpc":"2.0","method":"progress","params":{"step":"a","label":"A","state":"done"}}\n')
    channel.write('{"jsonrpc":"2.0","method":"log","params":{"line":"hello"}}\n')
    setTimeout(() => reply(request, { result: PONG }), 30)
  })
  const calls = Array.from({ length: 20 }, (_, i) =>
    link.call(
      'ping',
      {},
      { key: `k${i}`, onLog: (line) => seen.push(line), onProgress: (p) => seen.push(p.label) },
    ),
  )
  expect(await Promise.all(calls)).toEqual(Array(20).fill(PONG))
  expect(seen).toHaveLength(40)
  expect(sshd.counts).toMatchObject({ connections: 1, channels: 20 })
  expect(sshd.counts.channelsAtOnce).toBeLessThanOrEqual(7)
})

test('the request is one line with key, method, parameters and protocol, under the forced command "call"', async () => {
  let asked: FakeRequest | undefined
  const { link } = await linkTo((request) => {
    asked = request
    reply(request, { result: PONG })
  })
  await ping(link, 'op:step')
  expect(asked?.command).toBe('call')
  expect(JSON.parse(asked?.line ?? '')).toEqual({
    jsonrpc: '2.0',
    id: 'op:step',
    method: 'ping',
    params: {},
    protocol: PROTOCOL_VERSION,
  })
})

test('an agent that was had to wait answers the next call of that name, and no other', async () => {
  const commands: string[] = []
  const { link } = await linkTo((request) => {
    commands.push(request.command)
    reply(request, { result: PONG })
  })
  await link.prepare('move')
  await ping(link)
  expect(await link.call('ping', {}, { key: 'k2', prepared: 'move' })).toEqual(PONG)
  await link.call('ping', {}, { key: 'k3', prepared: 'move' })
  expect(commands).toEqual(['call', 'ready', 'call'])
})

test('an agent that cannot wait is asked as ever', async () => {
  const commands: string[] = []
  const answer = (request: FakeRequest) => {
    commands.push(request.command)
    reply(request, { result: PONG })
  }
  const { link } = await linkTo(answer, QUICK, 'Refused: this key may run call or watch only.\n')
  await link.prepare('move')
  await link.call('ping', {}, { key: 'k1', prepared: 'move' })
  expect(commands).toEqual(['call'])
})

test('the agent’s own problem arrives as it was', async () => {
  const data = { code: 'locked', detail: 'VE 101 is being worked on.', context: { holder: 7 } }
  const { link } = await linkTo((request) => reply(request, { error: { code: -32000, message: 'x', data } }))
  await expect(ping(link)).rejects.toMatchObject({
    code: 'locked',
    detail: data.detail,
    context: { holder: 7 },
  })
})

test.each<[string, (request: FakeRequest) => void, RegExp]>([
  ['garbage', ({ channel }) => void channel.write('Welcome to Ubuntu!\n'), /not the agent’s protocol/],
  [
    'JSON of another kind',
    ({ channel }) => void channel.write('{"jsonrpc":"2.0","hello":1}\n'),
    /not the agent’s protocol/,
  ],
  [
    'the answer to another request',
    (request) => reply({ ...request, line: '{"id":"other"}' }, { result: PONG }),
    /another request/,
  ],
  [
    'a result of another shape',
    (request) => reply(request, { result: { protocol: 'one' } }),
    /not as agreed/,
  ],
  [
    'a sample',
    ({ channel }) =>
      void channel.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'sample', params: SAMPLE })}\n`),
    /nobody asked/,
  ],
  ['nothing, and exits', ({ channel }) => exitWith(channel, 3), /without an answer/],
  ['a line without end', ({ channel }) => babble(channel, 'x'.repeat(1024 * 1024)), /line without end/],
])('an agent that answers %s is a clear problem', async (_what, answer, detail) => {
  const { link } = await linkTo(answer)
  await expect(ping(link)).rejects.toMatchObject({
    code: 'agent-failed',
    message: expect.stringMatching(detail),
  })
})

test('an agent that is gone is named as the missing package', async () => {
  const { link } = await linkTo(({ channel }) => {
    channel.stderr.write('sh: 1: /usr/bin/qjs: not found\n')
    exitWith(channel, 127)
  })
  await expect(ping(link)).rejects.toMatchObject({ code: 'missing-packages', context: { exitCode: 127 } })
})

test('when the connection breaks, the same request is asked again under the same key', async () => {
  const keys: string[] = []
  const { sshd, link } = await linkTo((request) => {
    keys.push(JSON.parse(request.line).id)
    if (keys.length < 3) request.connection.end()
    else reply(request, { result: PONG })
  })
  expect(await ping(link, 'op:1')).toEqual(PONG)
  expect(keys).toEqual(['op:1', 'op:1', 'op:1'])
  expect(sshd.counts.connections).toBe(3)
})

test('a connection that keeps breaking ends as link-lost', async () => {
  const { link } = await linkTo(({ connection }) => connection.end())
  await expect(ping(link)).rejects.toMatchObject({ code: 'link-lost' })
})

test('a host with another key is refused before anything is sent', async () => {
  const { sshd, link } = await linkTo((request) => reply(request, { result: PONG }))
  const wrong = new SshHostLink(
    { address: '127.0.0.1', port: sshd.port, fingerprint: 'SHA256:other' },
    newSshKey(),
    QUICK,
  )
  open.push(wrong)
  await expect(ping(wrong)).rejects.toMatchObject({ code: 'host-key-changed' })
  expect(sshd.counts.channels).toBe(0)
  expect(await ping(link)).toEqual(PONG)
})

test('nobody listening is host-refused, after a few tries', async () => {
  const { sshd, link } = await linkTo(() => {})
  await sshd.close()
  open.shift()
  await expect(ping(link)).rejects.toMatchObject({ code: 'host-refused' })
})

test('a key that is not accepted is sign-in-failed', async () => {
  const sshd = await startFakeSshd({ answer: () => {}, accepts: () => false })
  const link = new SshHostLink(
    { address: '127.0.0.1', port: sshd.port, fingerprint: sshd.fingerprint },
    newSshKey(),
    QUICK,
  )
  open.push(sshd, link)
  await expect(ping(link)).rejects.toMatchObject({ code: 'sign-in-failed' })
})

test('an abort ends the call with its reason and frees the place', async () => {
  let asked = 0
  const { link } = await linkTo((request) => {
    asked += 1
    if (asked > 6) reply(request, { result: PONG })
  })
  const reason = new Error('cancelled')
  const controller = new AbortController()
  const calls = Array.from({ length: 6 }, (_, i) =>
    link.call('ping', {}, { key: `k${i}`, signal: controller.signal }),
  )
  const waiting = link.call('ping', {}, { key: 'later' })
  const outcome = Promise.allSettled(calls)
  await expect.poll(() => asked).toBe(6)
  controller.abort(reason)
  expect(await outcome).toEqual(Array(6).fill({ status: 'rejected', reason }))
  expect(await waiting).toEqual(PONG)
})

const SAMPLE: WatchSample = {
  at: 1,
  bootId: 'b',
  load1: 0,
  memoryFreeBytes: 1,
  vzFreeBytes: 1,
  ves: [],
  limitEvents: [],
}

test('watch streams on a connection of its own until the signal aborts', async () => {
  const { sshd, link } = await linkTo((request) => {
    if (request.command === 'call') return reply(request, { result: PONG })
    expect(JSON.parse(request.line)).toEqual({ intervalSeconds: 2 })
    const timer = setInterval(() => {
      request.channel.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'sample', params: SAMPLE })}\n`)
    }, 10)
    request.channel.on('close', () => clearInterval(timer))
  })
  await ping(link)
  const controller = new AbortController()
  let samples = 0
  const watching = link.watch({
    intervalSeconds: 2,
    signal: controller.signal,
    onSample: () => {
      samples += 1
      if (samples === 3) controller.abort()
    },
  })
  await watching
  expect(samples).toBe(3)
  expect(sshd.counts.connections).toBe(2)
})

test('a watch whose connection breaks rejects with link-lost', async () => {
  const { link } = await linkTo(({ connection }) => connection.end())
  const watching = link.watch({
    intervalSeconds: 2,
    signal: new AbortController().signal,
    onSample: () => {},
  })
  await expect(watching).rejects.toMatchObject({ code: 'link-lost' })
})

/** Writes the same piece until the other side has had enough. */
function babble(channel: FakeRequest['channel'], piece: string) {
  const timer = setInterval(() => channel.writable && channel.write(piece), 1)
  channel.on('close', () => clearInterval(timer))
}

test('a host that lets nobody in any more leaves open what became of a request it had', async () => {
  let letIn = true
  const sshd = await startFakeSshd({
    accepts: () => letIn,
    answer: ({ connection }) => {
      letIn = false
      connection.end()
    },
  })
  const target = { address: '127.0.0.1', port: sshd.port, fingerprint: sshd.fingerprint }
  const link = new SshHostLink(target, newSshKey(), QUICK)
  open.push(sshd, link)
  await expect(ping(link)).rejects.toMatchObject({ code: 'link-lost' })
  await expect(ping(link, 'k2')).rejects.toMatchObject({ code: 'sign-in-failed' })
})
