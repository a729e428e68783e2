import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type FakeSshd, startFakeSshd } from './fake-sshd.ts'
import { probeHostKey } from './probe-host-key.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

test('the key is fetched without signing in', async () => {
  let tries = 0
  const accepts = () => {
    tries += 1
    return true
  }
  const sshd: FakeSshd = await startFakeSshd({ answer: () => {}, accepts })
  open.push(sshd)
  const seen = await probeHostKey({ address: '127.0.0.1', port: sshd.port })
  expect(seen).toMatchObject({ keyType: 'ssh-ed25519', fingerprint: sshd.fingerprint })
  expect(seen.hostKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]+=*$/)
  expect(tries).toBe(0)
})

test('a peer that is no SSH server is host-refused; nobody there too; an unknown name is unreachable', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  const { port } = server.address() as { port: number }
  await expect(probeHostKey({ address: '127.0.0.1', port })).rejects.toMatchObject({ code: 'host-refused' })
  await expect(probeHostKey({ address: '127.0.0.1', port: 1 })).rejects.toMatchObject({
    code: 'host-refused',
  })
  await expect(probeHostKey({ address: 'no-such-host.invalid', port: 22 })).rejects.toMatchObject({
    code: 'host-unreachable',
  })
})

test('a peer that says nothing is given up with the signal', async () => {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  const { port } = server.address() as { port: number }
  const reason = new Error('too long')
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), 50)
  await expect(probeHostKey({ address: '127.0.0.1', port }, controller.signal)).rejects.toBe(reason)
})
