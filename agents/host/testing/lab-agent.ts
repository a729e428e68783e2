import { once } from 'node:events'
import { Client, type ClientChannel } from 'ssh2'
import {
  type AgentMethod,
  type AgentParams,
  type AgentProgress,
  type AgentResult,
  HOST_PATHS,
  PROTOCOL_VERSION,
} from '../../../lib/contract/agent-protocol.ts'
import { Problem, type ProblemJson } from '../../../lib/contract/problem.ts'

type Message = {
  id?: string
  method?: string
  params?: AgentProgress & { line?: string }
  result?: unknown
  error?: { data: ProblemJson }
}

/** An agent on a lab host, spoken to over SSH as a test needs it: without the worker's connection and its rules. */
export type LabAgent = {
  call<M extends AgentMethod>(method: M, params: AgentParams<M>, key: string): Promise<AgentResult<M>>
  /** Starts a call and gives its channel: to watch its notifications, or to cut it. */
  open(method: AgentMethod, params: unknown, key: string): Promise<ClientChannel>
  run(command: string, input?: string): Promise<string>
  close(): void
}

export type SshLogin = {
  host: string
  port?: number
  username: string
  password?: string
  privateKey?: string
}

export async function connect(login: SshLogin): Promise<Client> {
  const client = new Client()
  client.connect({ ...login, readyTimeout: 10_000 })
  await once(client, 'ready')
  return client
}

function execute(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)))
  })
}

/** Standard output of a command; rejects with its standard error when it fails. */
export async function output(client: Client, command: string, input = ''): Promise<string> {
  const channel = await execute(client, command)
  let [stdout, stderr] = ['', '']
  channel.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  channel.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  channel.end(input)
  const [code] = await once(channel, 'close')
  if (code !== 0) throw new Error(`"${command}" ended with ${code}: ${stderr}`)
  return stdout
}

export async function labAgent(login: SshLogin): Promise<LabAgent> {
  const client = await connect(login)
  const open: LabAgent['open'] = async (method, params, key) => {
    const channel = await execute(client, `qjs --std ${HOST_PATHS.agent} call`)
    const request = { jsonrpc: '2.0', id: key, protocol: PROTOCOL_VERSION, method, params }
    channel.write(`${JSON.stringify(request)}\n`)
    return channel
  }
  return {
    open,
    run: (command, input) => output(client, command, input),
    close: () => client.end(),
    call: async (method, params, key) => {
      const channel = await open(method, params, key)
      const answer = await lastMessage(channel)
      if (answer.error !== undefined) throw Problem.fromJson(answer.error.data)
      return answer.result as never
    },
  }
}

async function lastMessage(channel: ClientChannel): Promise<Message> {
  let text = ''
  channel.on('data', (chunk: Buffer) => {
    text += chunk
  })
  await once(channel, 'close')
  const line = text.trimEnd().split('\n').pop() ?? ''
  return JSON.parse(line) as Message
}
