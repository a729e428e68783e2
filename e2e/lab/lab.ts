import { setTimeout as sleep } from 'node:timers/promises'
import ssh2 from 'ssh2'
import type { AddressPoolResource } from '../../lib/addresses/resource.ts'
import type { TemplateDefinition } from '../../lib/contract/template-definition.ts'
import type { HostResource } from '../../lib/hosts/resource.ts'
import { hostFootprint, leaks } from '../../lib/lab/host-footprint.ts'
import { type HostShell, openHostShell } from '../../lib/lab/host-shell.ts'
import { isRaised, type LabHost, type RaisedLab, readLab } from '../../lib/lab/lab-state.ts'
import type { OperationResource } from '../../lib/operations/resource.ts'
import type { TemplateResource } from '../../lib/templates/resource.ts'
import type { Api } from '../api.ts'
import { expect } from '../fixtures.ts'

/** The lab that the global setup raised: its first host is bare, its second has the tools of a host already. */
export function lab(): RaisedLab {
  const state = readLab(process.env.CORRAL_TEST_LAB ?? '')
  if (state && isRaised(state)) return state
  throw new Error(
    'CORRAL_TEST_LAB names no lab that is up: run these tests by Playwright with its global setup',
  )
}

export function labHost(index: number): LabHost {
  const host = lab().hosts[index]
  if (host) return host
  throw new Error(`the lab has no host ${index}`)
}

/** As root on a lab host, with the password that its admin has. */
export async function onHost<T>(host: LabHost, task: (shell: HostShell) => Promise<T>): Promise<T> {
  const shell = await openHostShell(host)
  try {
    return await task(shell)
  } finally {
    shell.close()
  }
}

/** What is on a host, for comparing before and after. */
export async function footprint(host: LabHost): Promise<string[]> {
  const lines = await onHost(host, ({ execute }) => hostFootprint(execute))
  return lines.filter(leaks)
}

/** The kernel takes a link away a moment after its namespace: asked again until it is as it was. */
export const expectFootprint = (host: LabHost, before: string[]) =>
  expect.poll(() => footprint(host), { timeout: 15_000, intervals: [200] }).toEqual(before)

/** Debian with what these tests look at a VE with. */
export const SMALL_DEBIAN = {
  family: 'debian',
  suite: 'trixie',
  arch: 'x86-64',
  init: 'sysvinit',
  packages: ['openssh-server', 'iproute2', 'procps'],
} satisfies TemplateDefinition

export async function ensurePool(api: Api): Promise<void> {
  const { addressPool } = lab().network
  const { items } = await api.must<{ items: AddressPoolResource[] }>(api.get('/ip-pools'))
  if (items.some(({ cidr }) => cidr === addressPool.cidr)) return
  await api.must(api.post('/ip-pools', { name: 'lab', ...addressPool }))
}

/** The second lab host, enrolled by the API, with a template on it; what is there already stays. */
export async function ensureFleet(api: Api): Promise<{ host: HostResource; template: TemplateResource }> {
  await ensurePool(api)
  const known = (await api.hosts()).find(({ address }) => address === labHost(1).address)
  const host = known ?? (await enrol(api, labHost(1)))
  const built = (template: TemplateResource) => template.caches.some((cache) => cache.host.id === host.id)
  const template =
    (await api.templates()).find(built) ??
    (await api.addTemplate({ name: 'debian-api', definition: SMALL_DEBIAN, hostIds: [host.id] }))
  await expect
    .poll(async () => (await api.must<HostResource>(api.get(`/hosts/${host.id}`))).status)
    .toBe('online')
  return { host, template }
}

async function enrol(
  api: Api,
  { name, address, sshPort: port, rootPassword }: LabHost,
): Promise<HostResource> {
  const probe = await api.must<{ operation: OperationResource }>(api.post('/hosts/probe', { address, port }))
  const { result } = await api.succeeded(probe.operation.id)
  const { fingerprint } = result as { fingerprint: string }
  const credential = { kind: 'password', password: rootPassword } as const
  return api.addHost({ name, address, port, user: 'root', fingerprint, credential })
}

export type Key = { private: string; public: string }
export const makeKey = (): Key => ssh2.utils.generateKeyPairSync('ed25519', { comment: 'corral-e2e' })

type Guest = {
  run: (...argv: string[]) => Promise<{ code: number; stdout: string; stderr: string }>
  close: () => void
}

/** SSH into a VE, as its owner would, once its sshd answers. */
export async function openGuest(address: string, key: Key): Promise<Guest> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      return await connect(address, key)
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(200)
    }
  }
}

async function connect(host: string, key: Key): Promise<Guest> {
  const client = new ssh2.Client()
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject)
    client.connect({ host, username: 'root', privateKey: key.private, readyTimeout: 5_000 })
  })
  client.removeAllListeners('error').on('error', () => {})
  return { run: (...argv) => execute(client, argv), close: () => client.end() }
}

function execute(client: ssh2.Client, argv: string[]): ReturnType<Guest['run']> {
  const line = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  return new Promise((resolve, reject) => {
    client.exec(line, (error, channel) => {
      if (error) return reject(error)
      const said = { stdout: '', stderr: '' }
      channel.setEncoding('utf8').on('data', (text: string) => {
        said.stdout += text
      })
      channel.stderr.setEncoding('utf8').on('data', (text: string) => {
        said.stderr += text
      })
      channel.once('close', (code: number) => resolve({ code, ...said }))
    })
  })
}
