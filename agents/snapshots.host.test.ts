/** Snapshots of VEs on a real host of the lab, its /vz on XFS: images share blocks with their snapshots. Needs root on Linux. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { SNAPSHOTS_MOST } from '../lib/contract/snapshots.ts'
import {
  type AgentLab,
  expectFootprint,
  footprint,
  inVe,
  problemOf,
  raiseAgentLab,
} from './testing/agent-lab.ts'
import { LabSnapshots } from './testing/lab-snapshots.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'
import { type Cut, cutAt } from './testing/tripwire.ts'

const MIB = 2 ** 20
let lab: AgentLab
let before: string[]
let ve: LabVe
let snapshots: LabSnapshots

beforeAll(async () => {
  lab = await raiseAgentLab()
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  before = await footprint(lab)
  ve = new LabVe(lab)
  snapshots = new LabSnapshots(lab, ve)
  await ve.create()
})
afterEach(async () => {
  await ve.destroy()
  await expectFootprint(lab, before)
})

/** Booted: what comes and goes meanwhile is no matter of a snapshot. */
async function booted(): Promise<void> {
  const pid = () => ve.shell('cat /run/sshd.pid 2>/dev/null')
  await expect.poll(pid, { timeout: 20_000, interval: 200 }).toMatch(/^\d+$/)
}
const onHost = (line: string) => lab.agent.run(line)
const sumOf = (id: string) => onHost(`sha256sum </vz/ve/101/snapshots/${id}/disk.img`)
const freezer = () => onHost('cat /sys/fs/cgroup/freezer/corral/ve101/freezer.state')
/** A program in the VE that counts on its disk, as fast as it can. */
const count = () =>
  ve.shell('(i=0; while :; do i=$((i+1)); echo $i >/root/count; done) </dev/null >/dev/null 2>&1 &')
/** It stands still for good where a snapshot has left it frozen. */
async function expectToCount(): Promise<void> {
  expect(await freezer()).toBe('THAWED\n')
  // Several looks at once: between two counts the file is empty, and on a busy machine that is what many a look sees.
  const looks = () =>
    ve.shell('for n in 1 2 3 4 5 6 7 8; do cat /root/count; echo; sleep 0.02; done | sort -u')
  await expect.poll(async () => (await looks()).split('\n').length, { timeout: 20_000 }).toBeGreaterThan(1)
}

test('of a running VE: what was written before is in it, what comes after is not, and the VE goes on', async () => {
  await ve.start()
  await ve.shell('echo early >/root/early')
  await count()
  const id = randomUUID()
  const made = await snapshots.create(id)
  expect(made.ve.state).toBe('running')
  expect(made.snapshot).toMatchObject({ id, memory: false, mountedAt: null })
  await expectToCount()
  await ve.shell('echo late >/root/late; rm /root/early')
  const sum = await sumOf(id)
  expect(await snapshots.create(id)).toMatchObject({ snapshot: { id, at: made.snapshot.at } })
  expect(await problemOf(snapshots.rollback(id))).toBe('ve-state-forbids')

  const { mountedAt } = await snapshots.mount(id)
  expect((await snapshots.mount(id)).mountedAt).toBe(mountedAt)
  expect(await onHost(`cat ${mountedAt}/root/early; ls ${mountedAt}/root`)).toMatch(/^early\n/)
  expect(await onHost(`ls ${mountedAt}/root`)).not.toContain('late')
  const options = await onHost(`findmnt -n -o VFS-OPTIONS,FS-OPTIONS ${mountedAt}`)
  for (const word of ['ro', 'nodev', 'nosuid', 'noexec', 'nosymfollow', 'norecovery'])
    expect(options).toMatch(new RegExp(`\\b${word}\\b`))
  expect(
    (await onHost(`touch ${mountedAt}/x 2>&1; cat ${mountedAt}/etc/mtab 2>&1 | tail -n 1; true`)).trim(),
  ).toMatch(/Read-only file system\n.*(symbolic links|No such)/)
  // Mounted, it is no part of the VE that is on the kernel.
  await ve.stop()
  expect((await ve.seen())?.state).toBe('stopped')
  expect((await snapshots.list())[0]?.mountedAt).toBe(mountedAt)

  await snapshots.rollback(id)
  expect((await snapshots.unmount(id)).mountedAt).toBe(null)
  expect((await snapshots.unmount(id)).mountedAt).toBe(null)
  expect(await sumOf(id)).toBe(sum)
  await ve.start()
  expect(await ve.shell('cat /root/early; ls /root')).toMatch(/^early\n/)
  expect(await ve.shell('ls /root')).not.toContain('late')
  expect(await onHost('losetup -n -O BACK-FILE | grep snapshots || echo none')).toBe('none\n')
})

test('several, of a stopped VE: listed oldest first with what each takes, deleted, and one more than may be is refused', async () => {
  const ids = [await snapshots.take(), await snapshots.take()]
  const [first = '', second = ''] = ids
  expect((await snapshots.list()).map(({ id }) => id)).toEqual(ids)
  expect((await snapshots.list())[0]?.bytes).toBeLessThan(MIB)
  await ve.start()
  await ve.shell('head -c 20m /dev/urandom >/root/big; sync')
  const third = await snapshots.take()
  await ve.shell('dd if=/dev/urandom of=/root/big bs=1M count=20 conv=notrunc,fsync')
  const bytes = (await snapshots.list())[2]?.bytes ?? 0
  expect(bytes / MIB).toBeGreaterThan(20)
  expect(bytes / MIB).toBeLessThan(40)
  const { mountedAt } = await snapshots.mount(second)
  const visitor = await onHost(`cd ${mountedAt} && { sleep 1000 >/dev/null 2>&1 & echo $!; }`)
  expect(await problemOf(snapshots.delete(second))).toBe('conflict')
  expect(await problemOf(ve.destroy())).toBe('conflict')
  expect((await ve.seen())?.state).toBe('running')
  await onHost(`kill ${visitor}`)
  await snapshots.delete(second)
  await snapshots.delete(second)
  expect((await snapshots.list()).map(({ id }) => id)).toEqual([first, third])
  expect(await problemOf(snapshots.mount(second))).toBe('not-found')
  await ve.stop()
  for (let n = 2; n < SNAPSHOTS_MOST; n += 1) await snapshots.take()
  expect(await problemOf(snapshots.take())).toBe('conflict')
  expect(await snapshots.list()).toHaveLength(SNAPSHOTS_MOST)
  await snapshots.mount(third) // and destroyed with all of them
})

/** A second VE of the test's host. */
function neighbour(hostname: string): LabVe {
  const uuid = ve.spec.uuid.replace(/..$/, '02')
  return new LabVe(lab, { veid: 102, uuid, hostname, idBase: ve.spec.idBase + 65_536, interfaces: [] })
}

test('another VE is made from one, the agent killed meanwhile or not: with its files, and ids, names and keys of its own', async () => {
  await ve.start()
  await ve.shell(
    'echo mine >/root/mine; chown 7:8 /root/mine; echo 0123456789abcdef0123456789abcdef >/etc/machine-id',
  )
  await ve.shell(
    'mkdir -p /var/lib/dbus; rm -f /var/lib/dbus/machine-id; cp /etc/machine-id /var/lib/dbus; echo old >/etc/ssh/ssh_host_rsa_key',
  )
  const snapshot = await snapshots.take()
  await ve.shell('echo late >/root/mine')
  const other = neighbour('web2.example.org')
  const [from, key] = [{ ...ve.key, snapshot, keepIdentity: false }, newKey()]
  expect(await cutAt(lab.agent, 'sync after 1', () => other.createFrom(from, key))).toBe(true)
  expect((await other.createFrom(from, key)).state).toBe('running')
  expect(await other.shell('hostname; cat /root/mine; stat -c %u:%g /root/mine')).toBe(
    'web2.example.org\nmine\n7:8',
  )
  expect(await onHost('stat -c %u /run/corral/ve/102/root/root/mine')).toBe(`${other.spec.idBase + 7}\n`)
  const print = 'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub'
  expect(await other.shell(print)).toContain('root@web2.example.org')
  expect(await other.shell(print)).not.toContain('0123456789abcdef')
  expect(await other.shell('ls /etc/ssh/ssh_host_rsa_key /var/lib/dbus/machine-id 2>&1')).not.toMatch(/^\//m)
  const shadow = 'grep ^root: /etc/shadow; cat /root/.ssh/authorized_keys'
  expect(await other.shell(shadow)).toBe(await ve.shell(shadow))
  await other.destroy()
  await other.createFrom({ ...from, keepIdentity: true })
  expect(await other.shell(`cat /etc/machine-id; hostname`)).toBe(
    '0123456789abcdef0123456789abcdef\nweb2.example.org',
  )
  expect(await other.shell('cat /etc/ssh/ssh_host_rsa_key')).toBe('old')
  await other.destroy()
  expect(await problemOf(other.createFrom({ ...from, snapshot: randomUUID() }))).toBe('not-found')
  expect(await ve.shell('cat /root/mine')).toBe('late')
})

test('what all take beside the disk is told, blocks that two share once, and limited', async () => {
  await ve.start()
  await ve.shell('head -c 20m /dev/urandom >/root/big; sync')
  for (let n = 0; n < 2; n += 1) await snapshots.take()
  expect((await snapshots.held()) ?? 0).toBeLessThan(10 * MIB)
  await ve.shell('dd if=/dev/urandom of=/root/big bs=1M count=20 conv=notrunc,fsync')
  const held = (await snapshots.held()) ?? 0
  expect(held / MIB).toBeGreaterThan(19)
  expect(held / MIB).toBeLessThan(40)
  const within = (heldBytes: number, reservePercent = 0) =>
    snapshots.create(randomUUID(), false, newKey(), { heldBytes, reservePercent })
  expect(await problemOf(within(10 * MIB))).toBe('too-many-snapshots')
  expect(await problemOf(within(100 * MIB, 100))).toBe('no-disk-space')
  await within(100 * MIB)
})

test('after a resize the disk has the size that it is to have now, or nothing is changed', async () => {
  const GROWN = 3 * 1024 * MIB
  const limits = (diskBytes: number) => ({ limits: { ...ve.spec.limits, diskBytes } })
  const size = async () => Number(await ve.shell('df -B1 --output=size / | tail -n 1'))
  await ve.start()
  await ve.shell('echo small >/root/which')
  const small = await snapshots.take()
  await ve.stop()
  await ve.configure(limits(GROWN))
  await ve.start()
  const grown = await size()
  await ve.shell('echo large >/root/which; head -c 900m /dev/zero | tr "\\0" x >/root/fill')
  const large = await snapshots.take()
  await ve.stop()
  await snapshots.rollback(small)
  await ve.start()
  expect(await ve.shell('cat /root/which')).toBe('small')
  expect(await size()).toBe(grown)
  await ve.stop()
  await ve.configure(limits(800 * MIB))
  expect(await problemOf(snapshots.rollback(large))).toBe('invalid-input')
  await ve.start()
  expect(await ve.shell('cat /root/which; ls /root/fill 2>&1')).toMatch(/^small\n.*No such file/)
  expect(await size()).toBeLessThan(800 * MIB)
  await ve.stop()
  await ve.configure(limits(GROWN))
  await snapshots.rollback(large)
  await ve.start()
  expect(await ve.shell('cat /root/which; stat -c %s /root/fill')).toBe(`large\n${900 * MIB}`)
})

/** In the order in which they come: before and while it stands still, then while what was copied is made to last. */
const CUTS_OF_CREATE = [
  'sync before 1',
  'sync after 2',
  'cp after 2',
  'e2fsck after 1',
  'sync after 4',
  'sync after 5',
] as const satisfies Cut[]

test.each(CUTS_OF_CREATE)(
  'the agent killed while it takes a snapshot, %s: the VE goes on, and asked again it is made',
  async (cut) => {
    await ve.start()
    await ve.shell('echo early >/root/early')
    await count()
    const [id, key] = [randomUUID(), newKey()]
    expect(await cutAt(lab.agent, cut, () => snapshots.create(id, false, key))).toBe(true)
    await expect.poll(freezer).toBe('THAWED\n')
    await expectToCount()
    const listed = (await snapshots.list()).map((each) => each.id)
    expect(listed).toEqual(cut === 'sync after 5' ? [id] : [])
    expect((await snapshots.create(id, false, key)).snapshot.id).toBe(id)
    expect(await onHost('ls /vz/ve/101/snapshots')).toBe(`${id}\n`)
    const { mountedAt } = await snapshots.mount(id)
    expect(await onHost(`cat ${mountedAt}/root/early`)).toBe('early\n')
  },
)

const CUTS_OF_ROLLBACK = [
  'cp after 2',
  'resize2fs after 1',
  'sync before 2',
  'sync after 2',
] as const satisfies Cut[]

test.each(CUTS_OF_ROLLBACK)(
  'the agent killed while it rolls back, %s: one whole disk is there, and asked again it is rolled back',
  async (cut) => {
    await ve.start()
    await ve.shell('echo old >/root/which')
    const id = await snapshots.take()
    await ve.shell('echo new >/root/which; sync')
    await ve.stop()
    await ve.configure({ limits: { ...ve.spec.limits, diskBytes: ve.spec.limits.diskBytes + 64 * MIB } })
    const key = newKey()
    expect(await cutAt(lab.agent, cut, () => snapshots.rollback(id, key))).toBe(true)
    await ve.start()
    const isDone = cut === 'sync before 2' || cut === 'sync after 2'
    expect(await ve.shell('cat /root/which')).toBe(isDone ? 'old' : 'new')
    await ve.shell('echo newer >/root/which; sync')
    await ve.stop()
    await snapshots.rollback(id, key)
    await ve.start()
    expect(await ve.shell('cat /root/which')).toBe('old')
    expect(await onHost('ls /vz/ve/101')).not.toContain('rollback')
  },
)

const resume = (key = newKey()) => lab.agent.call('ve-resume', { spec: ve.spec }, key)
const tables = () => onHost('nft list tables')

test('with memory: rolled back it is hibernated, and goes on where it was', async () => {
  expect(await problemOf(snapshots.take(true))).toBe('ve-state-forbids')
  await ve.start()
  await booted()
  await ve.shell('(sleep 1000 & echo $! >/root/pid) </dev/null >/dev/null 2>&1; echo old >/root/which')
  const id = await snapshots.take(true)
  expect((await ve.seen())?.state).toBe('running')
  expect(await tables()).not.toContain('corral-cut')
  await ve.shell('kill $(cat /root/pid); echo new >/root/which')
  await ve.stop()
  expect((await snapshots.rollback(id)).state).toBe('hibernated')
  expect((await snapshots.rollback(id)).state).toBe('hibernated')
  const other = await snapshots.take()
  expect(await problemOf(snapshots.rollback(other))).toBe('ve-state-forbids')
  expect(await problemOf(ve.start())).toBe('ve-state-forbids')
  expect((await resume()).state).toBe('running')
  expect(await ve.shell('cat /root/which; kill -0 $(cat /root/pid) && echo alive')).toBe('old\nalive')
  await ve.stop()
  expect((await snapshots.rollback(id)).state).toBe('hibernated') // a second time
  expect((await ve.stop()).state).toBe('stopped')
  await ve.start()
  expect(await ve.shell('cat /root/which')).toBe('old')
})

test.each(['crun after 1', 'e2fsck after 1'] as const)(
  'the agent killed while it takes one with memory, %s: the VE goes on, with its network',
  async (cut) => {
    await ve.start()
    await booted()
    await count()
    const [id, key] = [randomUUID(), newKey()]
    expect(await cutAt(lab.agent, cut, () => snapshots.create(id, true, key))).toBe(true)
    await expect.poll(freezer).toBe('THAWED\n')
    await expect.poll(tables).not.toContain('corral-cut')
    expect((await snapshots.create(id, true, key)).snapshot).toMatchObject({ id, memory: true })
    await expectToCount()
    expect(await inVe(lab, 'hostname')).toBe('web1.example.org')
    expect(await onHost('ls /vz/ve/101')).not.toContain('checkpoint')
  },
)

test.each(['sync after 2', 'sync before 3', 'sync before 4'] as const)(
  'the agent killed while it rolls back one with memory, %s: its memory is there with its disk, or not at all',
  async (cut) => {
    await ve.start()
    await booted()
    await ve.shell('echo old >/root/which')
    const id = await snapshots.take(true)
    await ve.shell('echo new >/root/which; sync')
    await ve.stop()
    const key = newKey()
    expect(await cutAt(lab.agent, cut, () => snapshots.rollback(id, key))).toBe(true)
    const isBack = cut === 'sync before 4'
    expect((await ve.seen())?.state).toBe(isBack ? 'hibernated' : 'stopped')
    if (cut === 'sync before 3') {
      await ve.start()
      expect(await ve.shell('cat /root/which')).toBe('old')
      await ve.stop()
    }
    expect((await snapshots.rollback(id, key)).state).toBe('hibernated')
    await resume()
    expect(await ve.shell('cat /root/which')).toBe('old')
  },
)

test('what even its guard left frozen goes on with the next request', async () => {
  await ve.start()
  await count()
  await onHost('echo FROZEN >/sys/fs/cgroup/freezer/corral/ve101/freezer.state')
  await snapshots.delete(randomUUID())
  await expectToCount()
})

test('a full disk is refused before anything is done, and another VE does not notice', async () => {
  const other = neighbour(ve.spec.hostname)
  await other.create()
  await other.start()
  await ve.start()
  await count()
  const full = '$(($(stat -f -c "%a * %S" /vz) - 100000000))'
  await onHost(`fallocate -l ${full} /vz/filler`)
  try {
    expect(await problemOf(snapshots.take())).toBe('no-disk-space')
    await expectToCount()
    expect(await snapshots.list()).toEqual([])
  } finally {
    await onHost('rm /vz/filler')
  }
  const id = await snapshots.take()
  await ve.stop()
  await snapshots.rollback(id)
  expect(await other.shell('echo fine')).toBe('fine')
  expect(await new LabSnapshots(lab, other).list()).toEqual([])
  await other.destroy()
})
