/** The panel under measurement: raised by `npm run up` in a directory of its own, driven through its REST API. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { labDirectory } from '../cli/clean-up.ts'
import { readRunRecord } from '../cli/run-record.ts'
import { type LabHost, readLab } from '../lab/lab-state.ts'

export const CHECKOUT = path.resolve(import.meta.dirname, '../..')

export type BenchPanel = {
  dataDir: string
  url: string
  labHost: LabHost
  /** Ends a lab host's own shell commands with the lab's key: for peers that the panel knows nothing of. */
  labKeyFile: string
  pids: { web: number; worker: number }
  api<T>(method: 'GET' | 'POST' | 'DELETE', route: string, body?: unknown): Promise<T>
  /** Waits until an operation has ended; throws what its problem says unless it succeeded. */
  finished(operationId: string): Promise<void>
  close(): Promise<void>
}

type Admin = { url: string; apiToken: string }

export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Runs `npm run up` of a checkout and resolves once its health check answers. */
export async function bringUp(
  checkout: string,
  dataDir: string,
  options: string[],
): Promise<{ url: string; down(): Promise<void> }> {
  const port = await freePort()
  const child = spawn('npm', ['run', 'up', '--', '--port', String(port), '--data', dataDir, ...options], {
    cwd: checkout,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000)
  })
  const url = `http://127.0.0.1:${port}`
  const answers = async () => (await fetch(`${url}/api/health`).catch(() => undefined))?.ok === true
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`npm run up ended with ${child.exitCode}: ${complaint}`)
    await sleep(100)
  }
  const down = async () => {
    const ended = new Promise((resolve) => child.once('close', resolve))
    spawn('npm', ['run', 'down', '--', '--data', dataDir], { cwd: checkout, stdio: 'ignore' })
    await ended
  }
  return { url, down }
}

/** A panel with one lab host, enrolled, its Debian template built. */
export async function raiseBenchPanel(dataDir: string, say: (line: string) => void): Promise<BenchPanel> {
  say('raising a panel with one lab host (npm run up --lab 1)')
  const { url, down } = await bringUp(CHECKOUT, dataDir, ['--lab', '1'])
  try {
    const admin = JSON.parse(readFileSync(path.join(dataDir, 'admin.json'), 'utf8')) as Admin
    const api = apiOf(url, admin.apiToken)
    await templateReady(api, say)
    const labDir = labDirectory(dataDir)
    const labHost = readLab(labDir)?.hosts[0]
    const children = readRunRecord(dataDir)?.children
    if (!labHost || !children?.web || !children.worker)
      throw new Error('The panel came up without its lab host or processes.')
    const finished = (id: string) => operationEnded(api, id)
    const pids = { web: children.web.pid, worker: children.worker.pid }
    return {
      dataDir,
      url,
      labHost,
      labKeyFile: path.join(labDir, 'operator/id_ed25519'),
      pids,
      api,
      finished,
      close: down,
    }
  } catch (error) {
    await down()
    throw error
  }
}

function apiOf(url: string, token: string): BenchPanel['api'] {
  return async <T>(method: string, route: string, body?: unknown) => {
    const response = await fetch(`${url}/api/v1${route}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${JSON.stringify(answer)}`)
    return answer as T
  }
}

async function templateReady(api: BenchPanel['api'], say: (line: string) => void): Promise<void> {
  say('waiting for the lab host and its template')
  for (let tries = 0; tries < 600; tries += 1) {
    const { items } = await api<{ items: { status: string }[] }>('GET', '/templates')
    if (items.some((template) => template.status === 'ready')) return
    await sleep(1000)
  }
  throw new Error('No template became ready within 10 minutes.')
}

async function operationEnded(api: BenchPanel['api'], id: string): Promise<void> {
  for (;;) {
    const { status, problem } = await api<{ status: string; problem: unknown }>('GET', `/operations/${id}`)
    if (status === 'succeeded') return
    if (!['queued', 'running'].includes(status))
      throw new Error(`Operation ${id} ${status}: ${JSON.stringify(problem)}`)
    await sleep(50)
  }
}
