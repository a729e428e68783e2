/** For tests: an SSH server in this process that answers commands as a test wants, well or badly. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { READY } from '../contract/agent-constants.ts'
import { describeHostKey } from './host-key.ts'
import { newSshKey } from './new-ssh-key.ts'

export type FakeRequest = { command: string; line: string; channel: ServerChannel; connection: Connection }
export type FakeTerminal = Omit<FakeRequest, 'line'> & {
  pty: { term?: string; cols: number; rows: number } | null
  /** Sizes that the window was given afterwards. */
  sizes: { cols: number; rows: number }[]
}
type Options = {
  /** Called with the first line of each channel's stdin. */
  answer(request: FakeRequest): void
  /** Called at once for `console` and `boot-log`. */
  terminal?(terminal: FakeTerminal): void
  /** What an agent that is asked to be ready says; by default that it is. */
  ready?: string
  /** Who may sign in; everyone when left out. */
  accepts?(context: { method: string; username: string; password?: string }): boolean
}

export type FakeSshd = {
  port: number
  fingerprint: string
  /** How many connections were made and are open, and how many channels opened on them. */
  counts: { connections: number; open: number; channels: number; channelsAtOnce: number }
  dropConnections(): void
  close(): Promise<void>
}

export async function startFakeSshd({
  answer,
  terminal = () => {},
  accepts = () => true,
  ready = `${READY}\n`,
}: Options): Promise<FakeSshd> {
  const hostKey = newSshKey()
  const parsed = ssh2.utils.parseKey(hostKey)
  if (parsed instanceof Error) throw parsed
  const counts = { connections: 0, open: 0, channels: 0, channelsAtOnce: 0 }
  const connections = new Set<Connection>()
  let open = 0
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    counts.connections += 1
    connections.add(connection)
    counts.open += 1
    connection.on('error', () => {})
    connection.on('close', () => {
      connections.delete(connection)
      counts.open -= 1
    })
    connection.on('authentication', (context) => {
      const password = context.method === 'password' ? context.password : undefined
      if (accepts({ method: context.method, username: context.username, password })) context.accept()
      else context.reject(['password', 'publickey'])
    })
    connection.on('session', (acceptSession) => {
      const session = acceptSession()
      let pty: FakeTerminal['pty'] = null
      const sizes: FakeTerminal['sizes'] = []
      session.on('pty', (accept, _reject, info) => {
        pty = info as unknown as FakeTerminal['pty']
        accept()
      })
      session.on('window-change', (_accept, _reject, { cols, rows }) => void sizes.push({ cols, rows }))
      session.on('exec', (acceptExec, _reject, info) => {
        counts.channels += 1
        open += 1
        counts.channelsAtOnce = Math.max(counts.channelsAtOnce, open)
        const channel = acceptExec()
        channel.on('error', () => {})
        channel.on('close', () => {
          open -= 1
        })
        const { command } = info
        if (command === 'ready') channel.write(ready)
        if (/^(console|boot-log) /.test(command)) terminal({ command, channel, connection, pty, sizes })
        else onFirstLine(channel, (line) => answer({ command, line, channel, connection }))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: describeHostKey(parsed.getPublicSSH()).fingerprint,
    counts,
    dropConnections: () => {
      for (const connection of connections) connection.end()
    },
    close: async () => {
      for (const connection of connections) connection.end()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function onFirstLine(channel: ServerChannel, then: (line: string) => void) {
  let text = ''
  let done = false
  channel.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8')
    const end = text.indexOf('\n')
    if (done || end === -1) return
    done = true
    then(text.slice(0, end))
  })
}

/** Ends a channel as a process that exits does. */
export function exitWith(channel: ServerChannel, code: number): void {
  channel.exit(code)
  channel.end()
  channel.close()
}

/** What a well-behaved agent does with a request: answers and exits. */
export function reply({ line, channel }: FakeRequest, message: { result?: unknown; error?: unknown }): void {
  const { id } = JSON.parse(line) as { id: string }
  channel.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...message })}\n`)
  exitWith(channel, 0)
}
