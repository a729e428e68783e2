/** Quota of users and groups inside a VE, on the kernel of a stock Debian. Under software emulation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AgentParams } from '../lib/contract/agent-protocol.ts'
import { Problem } from '../lib/contract/problem.ts'
import type { OwnerLimits, QuotaOwner, QuotaOwnerKind } from '../lib/contract/quota.ts'
import { type LabVe, newKey } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace, still } from './testing/machine-place.ts'

const NONE: OwnerLimits = { softBytes: null, hardBytes: null, softInodes: null, hardInodes: null }
const KIB = 1024
const REFUSED = /Disk quota exceeded/

let place: MachinePlace
let before: string[]
let ve: LabVe

const counting = (quotaOwners: number) => ({ limits: { ...ve.spec.limits, quotaOwners } })

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
  ve = still(place, 1)
  ve.spec = { ...ve.spec, ...counting(200) }
  await ve.create()
  await ve.start()
  await shell('useradd -m -u 1000 alice; useradd -m -u 1001 bob; chmod 1777 /srv')
})
afterAll(async () => {
  await ve?.destroy()
  place?.agent.close()
})

const shell = (line: string, of: LabVe = ve) => of.shell(line)

const list = () => place.agent.call('quota-owners', ve.key, newKey())
const find = async (kind: QuotaOwnerKind, id: number) =>
  (await list()).owners.find((owner) => owner.kind === kind && owner.id === id)

function set(change: Pick<AgentParams<'quota-set'>, 'kind' | 'owner' | 'grace'>) {
  return place.agent.call('quota-set', { ...ve.key, ...change }, newKey())
}
async function limit(
  kind: QuotaOwnerKind,
  id: number | string,
  limits: Partial<OwnerLimits>,
): Promise<QuotaOwner> {
  const { owner } = await set({ kind, owner: { id, limits: { ...NONE, ...limits } } })
  if (owner === null) throw new Error('There is no owner in the answer.')
  return owner
}

async function refusal(work: Promise<unknown>): Promise<Problem> {
  const thrown = await work.then(() => null, Problem.from)
  if (thrown === null) throw new Error('It was not refused.')
  return thrown
}

/** What the shell said, as a user of the VE. */
function as(uid: number, line: string): Promise<string> {
  return shell(`setpriv --reuid=${uid} --regid=${uid} --clear-groups sh -c '${line}'`)
}
const write = (uid: number, file: string, kib: number) =>
  as(uid, `dd if=/dev/zero of=/srv/${file} bs=1k count=${kib} 2>&1; sync /srv/${file}`)

test('who holds files is listed with the names that the VE gives', async () => {
  const { owners, counted, most } = await list()
  expect([counted, most]).toEqual([owners.length, 200])
  const user = (id: number) => owners.find((owner) => owner.kind === 'user' && owner.id === id)
  expect(user(0)).toMatchObject({ name: 'root', limits: NONE })
  expect(user(0)?.usedInodes).toBeGreaterThan(1000)
  expect(user(1000)).toMatchObject({ name: 'alice' })
  expect(owners.find(({ kind, name }) => kind === 'group' && name === 'bob')).toMatchObject({ id: 1001 })
  // As many files as the VE finds, and as much space.
  const found = Number(await shell('find /home /srv /var -xdev -user alice | wc -l'))
  expect(user(1000)?.usedInodes).toBe(found)
})

test('a hard limit is felt inside, by that user and nobody else', async () => {
  expect(await limit('user', 'alice', { hardBytes: 512 * KIB })).toMatchObject({ id: 1000, name: 'alice' })
  expect(await write(1000, 'alice', 1024)).toMatch(REFUSED)
  const held = await find('user', 1000)
  expect(held?.usedBytes).toBeLessThanOrEqual(512 * KIB)
  expect(held?.usedBytes).toBeGreaterThan(400 * KIB)
  expect(await write(1001, 'bob', 1024)).not.toMatch(REFUSED)
  await limit('user', 1000, { hardBytes: 2048 * KIB })
  expect(await write(1000, 'alice', 1024)).not.toMatch(REFUSED)
})

test('a limit on files is felt, and one of a group', async () => {
  const { usedInodes = 0 } = (await find('user', 1001)) ?? {}
  await limit('user', 1001, { hardInodes: usedInodes + 3 })
  expect(await as(1001, 'cd /srv; touch a b c')).toBe('')
  expect(await as(1001, 'touch /srv/d 2>&1')).toMatch(REFUSED)
  await limit('user', 1001, {})
  expect(await as(1001, 'touch /srv/d')).toBe('')
  await limit('group', 'bob', { hardBytes: 1200 * KIB })
  expect(await write(1001, 'more', 1024)).toMatch(REFUSED)
  await limit('group', 1001, {})
})

test('a soft limit may be exceeded until its grace is over', async () => {
  const grace = { bytesSeconds: 3, inodesSeconds: 604_800 }
  await set({ kind: 'user', grace })
  expect((await list()).grace.user).toEqual(grace)
  await limit('user', 1001, { softBytes: 2048 * KIB, hardBytes: 65_536 * KIB })
  expect(await write(1001, 'soft', 2048)).not.toMatch(REFUSED)
  const above = await find('user', 1001)
  expect(above?.usedBytes).toBeGreaterThan(2048 * KIB)
  expect(above?.bytesGraceEndsAt).toEqual(expect.any(Number))
  let said = ''
  for (let tries = 0; tries < 60 && !REFUSED.test(said); tries += 1) said = await write(1001, 'late', 64)
  expect(said).toMatch(REFUSED)
  await as(1001, 'rm -f /srv/soft /srv/more /srv/late')
  expect((await find('user', 1001))?.bytesGraceEndsAt).toBeNull()
  expect(await write(1001, 'again', 64)).not.toMatch(REFUSED)
  await set({ kind: 'user', grace: { bytesSeconds: 604_800, inodesSeconds: 604_800 } })
})

test('what makes no sense is refused and changes nothing', async () => {
  const was = await find('user', 1000)
  const refused = async (id: number | string, limits: Partial<OwnerLimits>) => {
    const { code, fields = {} } = await refusal(limit('user', id, limits))
    return [code, ...Object.keys(fields)]
  }
  expect(await refused('mallory', { hardBytes: KIB })).toEqual(['invalid-input', 'owner.id'])
  expect(await refused(4711, { hardBytes: KIB })).toEqual(['invalid-input', 'owner.id'])
  expect((await refused(65_536, { hardBytes: KIB }))[0]).toBe('invalid-input')
  expect(await refused(1000, { softBytes: 2, hardBytes: 1 })).toEqual([
    'invalid-input',
    'owner.limits.softBytes',
  ])
  expect((await refused(1000, { hardBytes: -1 }))[0]).toBe('invalid-input')
  expect(await find('user', 1000)).toEqual(was)
})

test('the VE’s own root lists and sets with the usual programs; others see what is theirs', async () => {
  expect(await shell('setquota -u alice 1M 3M 0 90 /')).toBe('')
  expect(await find('user', 1000)).toMatchObject({
    limits: { softBytes: 1024 * KIB, hardBytes: 3072 * KIB, softInodes: null, hardInodes: 90 },
  })
  expect(await shell('repquota -u /')).toMatch(/^alice +[+-]- +\d+ +1024 +3072 .* 0 +90/m)
  expect(await as(1000, 'quota')).toMatch(
    /^Disk quotas for user alice \(uid 1000\):\n.*\n +\/ .* 1024 +3072 /,
  )
  expect(await as(1000, 'quota -u bob 2>&1')).toMatch(/Only root/)
  expect(await as(1000, 'repquota -a 2>&1')).toMatch(/Only root/)
  expect(await as(1000, 'setquota -u alice 0 0 0 0 / 2>&1')).toMatch(/Only root/)
  expect(await shell('setquota -u mallory 0 1M 0 0 / 2>&1')).toMatch(/mallory does not exist/)
  expect(await shell('setquota -u 4711 0 1M 0 0 / 2>&1')).toMatch(/There is no user 4711/)
  expect(await shell('setquota -t -g 60 120 / && repquota -g /')).toMatch(
    /60seconds; Inode grace time: 120seconds/,
  )
  // What is no request gets no answer, and the next one is served.
  const send = (text: string) =>
    shell(
      `perl -MSocket -e 'socket($s, AF_UNIX, SOCK_STREAM, 0); connect($s, sockaddr_un("/dev/.corral/quota/socket")) or die; syswrite($s, "${text}\\n"); print <$s>'`,
    )
  for (const text of ['set user 0;id 1 1 1 1', `list ${'a '.repeat(300)}`, '../x', 'serve']) {
    expect(await send(text)).toMatch(/^(error Not known\.)?$/)
  }
  expect(await shell('echo x >/dev/.corral/quota/tool')).toMatch(/Read-only/)
  expect(await shell('quota -u alice | wc -l')).toBe('3')
  // It was the guest's own Perl, and the guest has no program of these names that was written over.
  expect(await shell('readlink /usr/local/sbin/setquota')).toBe('/dev/.corral/quota/tool')
})

test('limits hold as long as owners are counted, from the moment on, and outlast a restart', async () => {
  await limit('user', 1000, { hardBytes: 1536 * KIB })
  await ve.configure(counting(0))
  expect((await refusal(list())).code).toBe('ve-state-forbids')
  expect(await shell('repquota -a 2>&1')).toMatch(/counts no users and groups/)
  expect(await write(1000, 'alice', 3072)).not.toMatch(REFUSED)
  await as(1000, 'rm /srv/alice')
  await ve.configure(counting(200))
  expect(await write(1000, 'alice', 3072)).toMatch(REFUSED)
  await ve.stop()
  expect((await refusal(list())).code).toBe('ve-state-forbids')
  await ve.start()
  expect(await find('user', 1000)).toMatchObject({ limits: { hardBytes: 1536 * KIB } })
  expect(await write(1000, 'alice', 3072)).toMatch(REFUSED)
})

test('more owners than are counted hold files; they get no limits', async () => {
  await ve.configure(counting(2))
  const { owners, counted, most } = await list()
  expect([owners.length, most]).toEqual([2, 2])
  expect(counted).toBeGreaterThan(4)
  expect(owners[0]).toMatchObject({ id: 1000 })
  await shell('useradd -u 1002 carol')
  const { fields } = await refusal(limit('user', 'carol', { hardBytes: KIB }))
  expect(fields?.['owner.id']).toMatch(/at most 2 are counted/)
})

test('on the host’s own file system users of one VE are not those of another', async () => {
  const shifted = still(place, 2, { storage: 'project', ...counting(200) })
  await shifted.create()
  try {
    await shifted.start()
    const call = (limits: Partial<OwnerLimits>) =>
      place.agent.call(
        'quota-set',
        { ...shifted.key, kind: 'user', owner: { id: 'games', limits: { ...NONE, ...limits } } },
        newKey(),
      )
    expect((await call({ hardBytes: 512 * KIB })).owner).toMatchObject({ id: 5, name: 'games' })
    const dd = 'dd if=/dev/zero of=/tmp/games bs=1k count=1024 2>&1'
    const asGames = `setpriv --reuid=5 --regid=60 --clear-groups sh -c '${dd}'`
    expect(await shell(asGames, shifted)).toMatch(REFUSED)
    expect(await shell(asGames)).not.toMatch(REFUSED)
    const { owners, counted } = await place.agent.call('quota-owners', shifted.key, newKey())
    expect(owners[0]).toMatchObject({ kind: 'user', id: 5, limits: { hardBytes: 512 * KIB } })
    expect(counted).toBeLessThan(100)
    expect(await shell('repquota -u / | grep games', shifted)).toMatch(/ 512 /)
    const grace = { bytesSeconds: 1, inodesSeconds: 1 }
    const refused = refusal(place.agent.call('quota-set', { ...shifted.key, kind: 'user', grace }, newKey()))
    expect((await refused).code).toBe('capability-missing')
  } finally {
    await shifted.destroy()
  }
})

test('nothing of it stays on the host', async () => {
  await ve.destroy()
  expect(await machineFootprint(place)).toEqual(before)
})
