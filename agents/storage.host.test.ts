/** VEs in subvolumes of a lab host's btrfs, and what storage says no to there. Needs root on Linux. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { VeLimitsPart } from '../lib/contract/ve-limits.ts'
import { withLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import { storageVerdicts } from './testing/conformance.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'

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
