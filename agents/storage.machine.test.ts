/** Quota as a stock Debian has it: projects on XFS, and quota within images. Under software emulation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type VeLimitsPart, withLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { storageVerdicts } from './testing/conformance.ts'
import type { LabVe } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace, still } from './testing/machine-place.ts'

const MIB = 2 ** 20
let place: MachinePlace
let before: string[]

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
})
afterAll(() => place?.agent.close())

test.each(['image', 'project'] as const)(
  'the storage driver %s conforms, with all that it claims',
  async (driver) => {
    const verdicts = await storageVerdicts(place, driver)
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
    expect(verdicts.length).toBeGreaterThan(10)
  },
)

/** For perl(1): FS_IOC_FSGETXATTR and FS_IOC_FSSETXATTR, to count a directory for another project. */
const LEAVE = `sysopen(my $at, $ARGV[0], 0) or die $!; my $x = "\\0" x 28;
syscall(16, fileno($at), 0x801c581f, $x) == 0 or die $!; substr($x, 12, 4) = pack('L', 7);
print syscall(16, fileno($at), 0x401c5820, $x) == 0 ? 0 : $! + 0`
const EINVAL = 22

const limits = (part: VeLimitsPart) => withLimits(EXAMPLE_SPEC.limits, part)

const full = /No space left|quota exceeded/

async function feelsChanges(ve: LabVe): Promise<void> {
  await ve.start()
  const fill = (mib: number) =>
    ve.shell(`dd if=/dev/zero of=/root/fill bs=1M count=${mib} conv=fsync 2>&1; rm /root/fill`)
  expect(await fill(700)).toMatch(full)
  await ve.configure({ limits: limits({ diskBytes: 900 * MIB }) })
  const seen = (await ve.seen())?.fileSystem
  expect(seen?.totalBytes).toBeGreaterThan(800 * MIB)
  // All that it is told to have but what ext4 keeps back for itself.
  const room = 0.95 * (seen?.totalBytes ?? 0) - (seen?.usedBytes ?? 0)
  expect(await fill(Math.floor(room / MIB))).not.toMatch(full)

  const inodes = (seen?.usedInodes ?? 0) + 100
  await ve.configure({ limits: limits({ diskBytes: 900 * MIB, diskInodes: inodes }) })
  const many = (name: string) =>
    ve.shell(`mkdir /root/${name}; cd /root/${name}; touch $(seq 300) 2>&1 | tail -1`)
  expect(await many('few')).toMatch(full)
  expect((await ve.seen())?.fileSystem).toMatchObject({ totalInodes: inodes })
  await ve.configure({ limits: limits({ diskBytes: 900 * MIB }) })
  expect(await many('more')).not.toMatch(full)
  expect((await ve.exec(['perl', '-e', LEAVE, '/root'])).stdout).toBe(String(EINVAL))
}

test.each(['image', 'project'] as const)(
  'a VE with storage %s feels its limits change while it runs',
  async (storage) => {
    const ve = still(place, 1, { storage, limits: limits({ diskBytes: 700 * MIB }) })
    await ve.create()
    try {
      await feelsChanges(ve)
    } finally {
      await ve.destroy()
    }
  },
)

test('nothing of it stays on the host', async () => {
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
  expect(await place.agent.run('repquota -P -n /vz | grep -c "^#2[0-9]\\{9\\}" || true')).toBe('0\n')
})
