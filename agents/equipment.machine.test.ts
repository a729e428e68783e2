/** What a stock Debian can do for VEs, and what it hands to them while they run: devices, NFS. Under software emulation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CAPABILITY_NAMES } from '../lib/contract/capabilities.ts'
import { type NfsMount, NO_FEATURES } from '../lib/contract/ve-features.ts'
import { UNLIMITED_RATE } from '../lib/contract/ve-interface.ts'
import { problemOf } from './testing/agent-lab.ts'
import { type LabVe, newKey } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace, still } from './testing/machine-place.ts'

let place: MachinePlace
let before: string[]
/** Made once, since under emulation each takes seconds. */
let ve: LabVe
let other: LabVe

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
  const eth0 = {
    ...{ kind: 'routed' as const, index: 0, ifname: 'eth0', addresses: [place.address], prefixes: [] },
    rate: UNLIMITED_RATE,
  }
  ve = still(place, 1, { interfaces: [eth0] })
  other = still(place, 2)
  for (const each of [ve, other]) {
    await each.create()
    await each.start()
  }
})
afterAll(() => place?.agent.close())

const NO_BFQ = {
  available: false,
  reason: 'The disk of /vz (vdb) is not scheduled by bfq: choose it in /sys/block/vdb/queue/scheduler.',
}
const NO_BTRFS = { available: false, reason: '/vz is xfs, not btrfs.' }

test('all that this kernel has is reported, and the disk that nobody uses is offered', async () => {
  const { facts, capabilities } = await place.agent.call('host-facts', {}, newKey())
  const all = CAPABILITY_NAMES.map((name) => [name, { available: true, reason: null }])
  const lacking = { 'storage-btrfs': NO_BTRFS, 'io-priority': NO_BFQ }
  expect(capabilities).toEqual({ ...Object.fromEntries(all), ...lacking })
  expect(facts.cgroupVersion).toBe(2)
  expect(facts.devices).toContainEqual({ path: '/dev/vdc', type: 'block', sizeBytes: 2 ** 26, usedFor: null })
  expect(facts.devices.find(({ path }) => path === '/dev/vda')?.usedFor).toBe('mounted on /')
})

/** errno of opening it to read, and to write: 0 is success, 1 EPERM, 2 ENOENT, 22 EINVAL. */
const OPENS = 'for my $how (0, 1) { print sysopen(my $f, $ARGV[0], $how) ? 0 : $! + 0, " " }'

async function opens(ve: LabVe, path: string): Promise<string> {
  return (await ve.exec(['perl', '-e', OPENS, path])).stdout.trim()
}

/** The same by root of the host, who has nodes for all, in the VE's control group: as the kernel's device program alone lets it. */
async function programLets(veid: number, node: string): Promise<string> {
  const join = `echo $$ >/sys/fs/cgroup/corral/ve${veid}/cgroup.procs`
  return (await place.agent.run(`${join}; perl -e '${OPENS}' ${node}`)).trim()
}

test('a character device is granted to read, to write, or both, and taken away, by the cgroup’s device program', async () => {
  // Its driver lets nobody write: whoever gets as far as to it, gets EINVAL.
  const path = '/dev/hwrng'
  const { veid } = ve.spec
  expect(await opens(ve, path)).toBe('2 2')
  expect(await programLets(veid, path)).toBe('1 1')
  expect(await programLets(veid, '/dev/null')).toBe('0 0')
  expect(await programLets(veid, '/dev/mem')).toBe('1 1')
  const granted = async (access: string) => {
    await ve.configure({ devices: [{ path, access }] })
    return [await opens(ve, path), await programLets(veid, path)]
  }
  expect(await granted('r')).toEqual(['0 1', '0 1'])
  expect(await ve.shell(`head -c 8 ${path} | wc -c`)).toBe('8')
  expect(await granted('w')).toEqual(['1 22', '1 22'])
  expect(await granted('rm')).toEqual(['0 1', '0 1'])
  expect(await granted('rwm')).toEqual(['0 22', '0 22'])
  // The kernel lets nobody make nodes who has users of his own, whatever is granted.
  expect(await ve.shell('mknod /root/node c 10 183 2>&1')).toContain('Operation not permitted')
  await ve.configure({ devices: [] })
  expect(await opens(ve, path)).toBe('2 2')
  expect(await programLets(veid, path)).toBe('1 1')
  expect(await opens(ve, '/dev/null')).toBe('0 0')
})

/** A partition of 32 MiB, 1 MiB from the disk's start. */
const TABLE = `perl -e 'print "\\0" x 446, pack("C8V2", 0, 0, 0, 0, 0x83, 0, 0, 0, 2048, 65536), "\\0" x 48, "\\x55\\xaa"'`

test('a partition is granted, used, kept from others and taken from whoever has it open; the disk around it never', async () => {
  const [disk, path] = ['/dev/vdc', '/dev/vdc1']
  await place.agent.run(`${TABLE} >${disk}; partx --add ${disk} || true; udevadm settle; test -b ${path}`)
  try {
    const { veid } = ve.spec
    await ve.configure({ devices: [{ path, access: 'rw' }] })
    await ve.shell(`echo written inside >${path}`)
    expect(await place.agent.run(`dd if=${disk} bs=1M skip=1 count=1 status=none | head -1`)).toBe(
      'written inside\n',
    )
    expect(await opens(ve, disk)).toBe('2 2')
    expect([await programLets(veid, path), await programLets(veid, disk)]).toEqual(['0 0', '1 1'])
    for (const taken of [path, disk]) {
      expect(await problemOf(other.configure({ devices: [{ path: taken, access: 'r' }] }))).toBe(
        'device-in-use',
      )
    }
    await ve.configure({ devices: [{ path, access: 'r' }] })
    expect(await opens(ve, path)).toBe('0 1')

    await ve.shell(`sleep 1000 <${path} >/dev/null 2>&1 & echo $! >/tmp/holder`)
    const holds = 'readlink /proc/$(cat /tmp/holder)/fd/0 || echo ended'
    expect(await ve.shell(holds)).toBe('/dev/corral/vdc1')
    await ve.configure({ devices: [] })
    expect(await ve.shell(holds)).toBe('ended')
    expect([await opens(ve, path), await programLets(veid, path)]).toEqual(['2 2', '1 1'])

    await other.stop()
    other.spec = { ...other.spec, devices: [{ path: disk, access: 'rw' }] }
    await other.start()
    expect(await other.shell(`dd if=${disk} bs=1M skip=1 count=1 status=none | head -1`)).toBe(
      'written inside',
    )
  } finally {
    await place.agent.run(`partx --delete ${disk}; head -c 512 /dev/zero >${disk}; udevadm settle`)
  }
})

const SHARE = '/srv/share'

test('NFS of the host’s kernel: in the VE that has the feature, over its own network, until it stops', async () => {
  const { agent, address } = place
  const server = '10.0.2.15'
  await agent.run(`mkdir -p ${SHARE} && chmod 777 ${SHARE} && systemctl start nfs-server`)
  // To nobody but the VE's own address.
  await agent.run(`exportfs -i -o rw,sync,no_subtree_check,insecure ${address}:${SHARE}`)
  const data: NfsMount = { server, export: SHARE, path: '/srv/data', readOnly: false }
  const nfs = (...mounts: NfsMount[]) => ({ features: { ...NO_FEATURES, nfs: mounts } })
  try {
    expect(await ve.shell(`mount -t nfs4 ${server}:${SHARE} /mnt 2>&1 || echo refused`)).toContain('refused')
    await ve.configure(nfs(data))
    await ve.shell('echo from the VE >/srv/data/file')
    expect(await agent.run(`cat ${SHARE}/file; stat -c %u ${SHARE}/file`)).toBe(
      `from the VE\n${ve.spec.idBase}\n`,
    )
    expect(await ve.shell('stat -f -c %T /srv/data')).toBe('nfs')

    await ve.configure(nfs({ ...data, readOnly: true }))
    expect(await ve.shell('cat /srv/data/file; echo x 2>&1 >/srv/data/other || echo refused')).toMatch(
      /^from the VE\n(.*\n)?refused/,
    )
    const absent = nfs({ ...data, readOnly: true }, { ...data, export: '/srv/nothing', path: '/srv/more' })
    expect(await problemOf(ve.configure(absent))).toBe('command-failed')
    expect(await ve.shell('cat /srv/data/file; ls /srv/more 2>/dev/null | wc -l')).toBe('from the VE\n0')

    // Comes with a start, and goes with a stop.
    await ve.stop()
    expect(await agent.run('grep -c " nfs4\\? " /proc/mounts || true')).toBe('0\n')
    await ve.start()
    expect(await ve.shell('cat /srv/data/file')).toBe('from the VE')
    await ve.configure(nfs())
    expect(await ve.shell('ls /srv/data | wc -l; grep -c " nfs4 " /proc/mounts')).toBe('0\n0')
    expect(await agent.run('grep -c " nfs4\\? " /proc/mounts || true')).toBe('0\n')
  } finally {
    await agent.run(`exportfs -u ${address}:${SHARE}; rm -r ${SHARE}`)
  }
})

test('nothing of it stays on the host', async () => {
  for (const each of [ve, other]) await each.destroy()
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
})
