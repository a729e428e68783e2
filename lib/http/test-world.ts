/** A small installation for tests: an ownership tree with people, two hosts, a template and an address pool. */
import { randomBytes, randomUUID } from 'node:crypto'
import { Logger, runMigrations } from 'graphile-worker'
import { newToken, storeApiKey } from '../auth/api-key.ts'
import { loadViewer } from '../auth/load-viewer.ts'
import type { Role } from '../auth/permissions.ts'
import type { AccountKind, Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { GIB } from '../contract/units.ts'
import { closeDb, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { createTestDatabase } from '../db/test-database.ts'

export type Person = { userId: string; accountId: string; token: string; viewer: Viewer }

const QUIET = new Logger(() => () => {})
export const PANEL_URL = 'http://panel.test'

/** Sets DATABASE_URL for this process; `close` ends the pool and drops the database. */
export async function makeTestWorld() {
  const database = await createTestDatabase()
  process.env.DATABASE_URL = database.url
  process.env.CORRAL_SECRET = randomBytes(32).toString('hex')
  process.env.CORRAL_URL = PANEL_URL
  await runMigrations({ connectionString: database.url, logger: QUIET })
  await db().sealingKey.create({ data: { id: 'test', publicKey: new Uint8Array(randomBytes(32)) } })
  const provider = await makeAccount('provider', 'Provider', null)
  const reseller = await makeAccount('reseller', 'Reseller', provider)
  const customer = await makeAccount('customer', 'Customer', reseller)
  const stranger = await makeAccount('customer', 'Stranger', provider)
  const people = {
    admin: await makePerson('Ada Admin', provider, 'admin'),
    watcher: await makePerson('Wil Watcher', provider, 'viewer'),
    reseller: await makePerson('Rae Reseller', reseller, 'admin'),
    customer: await makePerson('Cas Customer', customer, 'operator'),
    stranger: await makePerson('Sam Stranger', stranger, 'admin'),
  }
  const hosts = { one: await makeHost(provider, 'node1'), two: await makeHost(provider, 'node2') }
  const template = await makeTemplate(provider, 'debian', [hosts.one])
  const pool = await makePool('pool', '10.9.0')
  const close = async () => {
    await closeDb()
    await database.drop()
  }
  return { url: database.url, provider, people, hosts, template, pool, close }
}
export type TestWorld = Awaited<ReturnType<typeof makeTestWorld>>

async function makeAccount(kind: AccountKind, name: string, parentId: string | null): Promise<string> {
  return (await db().account.create({ data: { kind, name, parentId } })).id
}

export async function makePerson(name: string, accountId: string, role: Role): Promise<Person> {
  const userId = randomUUID()
  await db().user.create({ data: { id: userId, name, email: `${userId}@example.org` } })
  await db().membership.create({ data: { userId, accountId, role } })
  const token = newToken()
  await storeApiKey(db(), { userId, name: 'test', token })
  const viewer = await loadViewer(userId, { via: 'api-key' })
  if (!viewer) throw new Error('the person that was just made is not there')
  return { userId, accountId, token, viewer }
}

export async function makeHost(
  accountId: string,
  name: string,
  more: Partial<Prisma.HostUncheckedCreateInput> = {},
): Promise<string> {
  const host = await db().host.create({
    data: {
      accountId,
      name,
      address: `${name}.example.org`,
      port: 22,
      user: 'root',
      status: 'online',
      arch: 'x86-64',
      memoryBytes: 64 * GIB,
      diskBytes: 1024 * GIB,
      ...more,
    },
  })
  return host.id
}

export const DEFINITION = {
  family: 'debian',
  suite: 'trixie',
  arch: 'x86-64',
  init: 'sysvinit',
  packages: [],
} as const

/** With its cache on `hostIds`, as after a build. */
export async function makeTemplate(
  accountId: string,
  name: string,
  hostIds: string[],
  arch = 'x86-64',
): Promise<string> {
  const definition = { ...DEFINITION, arch, packages: [] }
  const cache = {
    cache: `cache-${name}`,
    digest: `sha256:${'0'.repeat(64)}`,
    sizeBytes: GIB,
    diskBytes: GIB / 4,
    packages: 200,
  }
  const template = await db().template.create({
    data: {
      accountId,
      name,
      arch,
      definition,
      status: hostIds.length > 0 ? 'ready' : 'building',
      caches: { create: hostIds.map((hostId) => ({ hostId, ...cache })) },
    },
  })
  return template.id
}

/** 200 addresses, from .10 to .209. */
export async function makePool(name: string, prefix: string): Promise<string> {
  const range = { cidr: `${prefix}.0/24`, first: `${prefix}.10`, last: `${prefix}.209` }
  return (await db().addressPool.create({ data: { name, ...range } })).id
}

/** The problem that something is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<Problem> {
  const thrown = await promise.then(
    () => null,
    (error) => error,
  )
  if (thrown instanceof Problem) return thrown
  throw thrown ?? new Error('it was not refused')
}
