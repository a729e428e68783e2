/** VEs in subvolumes of a lab host's btrfs, and what storage says no to there. Needs root on Linux. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VeLimitsPart } from '../lib/contract/ve-limits.ts'
import { withLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import { storageVerdicts } from './testing/conformance.ts'
import { LabSnapshots } from './testing/lab-snapshots.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'
import { cutAt } from './testing/tripwire.ts'

const MIB = 2 ** 20
let lab: AgentLab
let before: string[]

beforeAll(async () => {
  lab = await raiseAgentLab('btrfs')
  before = await footprint(lab)
})
afterAll(() => lab?.lower())

const limits = (part: VeLimitsPart) => withLimits(EXAMPLE_SPEC.limits, part)

test.each(['btrfs', 'image'] as const)('the storage driver %s conforms on btrfs', async (driver) => {
  const verdicts = await storageVerdicts(lab, driver)
  expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
  expect(verdicts.length).toBeGreaterThan(10)
  await expectFootprint(lab, before)
})

test('projects are not to be had here, and the host says why', async () => {
  const { capabilities } = await lab.agent.call('host-facts', {}, newKey())
  expect(capabilities['storage-btrfs']).toEqual({ available: true, reason: null })
  expect(capabilities['storage-project'].reason).toContain('/vz is btrfs')
  const ve = new LabVe(lab, { storage: 'project' })
  expect(await problemOf(ve.create())).toBe('capability-missing')
  await expectFootprint(lab, before)
})

/** For perl(1): the ioctl that makes a subvolume below a directory, by its number and with bits above those that the kernel looks at. */
const SUBVOLUME = `sysopen(my $at, $ARGV[0], 0) or die $!; my $n = 0;
print join ' ', map { syscall(16, fileno($at), $_, pack('q Z4088', 0, 'mine' . $n++)) == 0 ? 0 : $! + 0 } 0x5000940e, 0x15000940e`
const EPERM = 1

test('a VE feels its limit while it is changed, and cannot make subvolumes beside it', async () => {
  const ve = new LabVe(lab, { storage: 'btrfs', limits: limits({ diskBytes: 400 * MIB }) })
  await ve.create()
  await ve.start()
  const write = () => ve.shell('dd if=/dev/zero of=/root/fill bs=1M count=400 conv=fsync 2>&1; rm /root/fill')
  expect(await write()).toContain('quota exceeded')
  await ve.configure({ limits: limits({ diskBytes: 800 * MIB }) })
  expect(await write()).not.toContain('quota exceeded')
  await ve.configure({ limits: limits({ diskBytes: 400 * MIB }) })
  expect(await write()).toContain('quota exceeded')
  const refused = (part: VeLimitsPart) => ve.configure({ limits: limits(part) }).catch((error) => error)
  expect(await refused({ diskBytes: 64 * MIB })).toMatchObject({
    code: 'invalid-input',
    fields: { 'spec.limits.diskBytes': expect.stringMatching(/MiB are in use/) },
  })
  expect(await refused({ diskBytes: 400 * MIB, diskInodes: 1000 })).toMatchObject({
    code: 'capability-missing',
    fields: { 'spec.limits.diskInodes': expect.stringContaining('btrfs') },
  })
  expect(await lab.agent.run(`perl -e '${SUBVOLUME.replaceAll("'", '"')}' /vz; rmdir /vz/mine*`)).toBe('0 0')
  expect((await ve.exec(['perl', '-e', SUBVOLUME, '/root'])).stdout).toBe(`${EPERM} ${EPERM}`)
  expect((await ve.seen())?.fileSystem).toMatchObject({ totalBytes: 400 * MIB })
  await ve.destroy()
  await expectFootprint(lab, before)
})

test.each([
  ['btrfs after 1', 'sync after 2'],
  ['btrfs before 1', 'btrfs after 2'],
  ['sync before 2', 'mv before 1'],
  ['sync after 2', 'mv after 1'],
  ['sync after 4', 'btrfs after 6'],
] as const)(
  'a snapshot and a rollback, the agent killed at %s, at %s: asked again, they are made',
  async (cutOfCreate, cutOfRollback) => {
    const ve = new LabVe(lab, { storage: 'btrfs', limits: limits({ diskBytes: 800 * MIB }) })
    const snapshots = new LabSnapshots(lab, ve)
    await ve.create()
    await ve.start()
    await ve.shell('echo old >/root/which')
    const [id, key] = [randomUUID(), newKey()]
    expect(await cutAt(lab.agent, cutOfCreate, () => snapshots.create(id, false, key))).toBe(true)
    await snapshots.create(id, false, key)
    await ve.shell('echo new >/root/which; head -c 20m /dev/urandom >/root/big; sync')
    const { mountedAt } = await snapshots.mount(id)
    expect(await lab.agent.run(`cat ${mountedAt}/root/which; ls ${mountedAt}/root/big || true`)).toBe('old\n')
    await ve.stop()
    const again = newKey()
    expect(await cutAt(lab.agent, cutOfRollback, () => snapshots.rollback(id, again))).toBe(true)
    await ve.start()
    expect(await ve.shell('cat /root/which')).toMatch(/^(old|new)$/)
    await ve.stop()
    await snapshots.rollback(id, again)
    await ve.start()
    expect(await ve.shell('cat /root/which; ls /root/big 2>&1')).toMatch(/^old\n.*No such/)
    expect((await ve.seen())?.fileSystem).toMatchObject({ totalBytes: 800 * MIB })
    expect((await snapshots.list())[0]?.bytes).toBeLessThan(20 * MIB)
    await ve.destroy()
    await expectFootprint(lab, before)
  },
)
