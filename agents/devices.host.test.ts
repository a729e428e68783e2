/** A device that is revoked is gone, whatever the VE's root does to keep it. On a real host of the lab. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Problem } from '../lib/contract/problem.ts'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'

let lab: AgentLab
let before: string[]
let ve: LabVe
/** A loop device of the host, 4 MB. */
let disk: string

beforeAll(async () => {
  lab = await raiseAgentLab()
  ve = new LabVe(lab)
  await ve.create()
  for (let boots = 0; boots < 2; boots += 1) {
    await ve.start() // the log of the boot before the last is kept too
    await ve.stop()
  }
  disk = (await lab.agent.run('truncate -s 4M /var/tmp/disk.img; losetup -f --show /var/tmp/disk.img')).trim()
  before = await footprint(lab)
})
afterAll(async () => {
  await lab?.agent.run(`losetup -d ${disk}; rm /var/tmp/disk.img`)
  await lab?.lower()
})
afterEach(async () => {
  await ve.stop()
  ve.spec = { ...ve.spec, devices: [], networkDevices: [] }
  await expectFootprint(lab, before)
})

/** The device cgroup's rules for the disk, and the nodes on the host. */
async function traces(): Promise<string> {
  const numbers = (await lab.agent.run(`stat -c '%Hr:%Lr' ${disk}`)).trim()
  return lab.agent.run(
    `cat /sys/fs/cgroup/devices/corral/ve101/devices.list | grep 'b ${numbers} ' || true; ls /run/corral/ve/101/host/dev`,
  )
}

async function granted(): Promise<LabVe> {
  ve.spec = { ...ve.spec, devices: [] }
  await ve.start()
  await ve.configure({ devices: [{ path: disk, access: 'rw' }] })
  return ve
}

const SLOW = { timeout: 10_000, interval: 100 }

/** Starts a program in the VE that holds the disk, and gives the number that it writes into /tmp/held when it does. */
async function hold(line: string): Promise<string> {
  await ve.shell(`rm -f /tmp/held; setsid sh -c '${line}' >/dev/null 2>/tmp/said </dev/null &`)
  await expect.poll(() => ve.shell('cat /tmp/held /tmp/said'), SLOW).toMatch(/^\d+$/)
  return ve.shell('cat /tmp/held')
}
const alive = (pid: string) => ve.shell(`test -d /proc/${pid} && echo alive || echo ended`)

const ENDED: Record<string, string> = {
  'as it is': 'exec 3<>DISK; echo $$ >/tmp/held; exec sleep 1000',
  'through umount -l': 'exec 3<>DISK; umount -l /dev/corral; echo $$ >/tmp/held; exec sleep 1000',
  'through unshare -m':
    'exec 3<>DISK; exec unshare -m sh -c "umount -l /dev/corral; echo \\$\\$ >/tmp/held; exec sleep 1000"',
  'under another name':
    'touch /tmp/x; exec unshare -m sh -c "mount --bind DISK /tmp/x; exec 3<>/tmp/x; umount -l /tmp/x; umount -l /dev/corral; echo \\$\\$ >/tmp/held; exec sleep 1000"',
  // mmap is system call 9 of x86-64: PROT_READ, MAP_SHARED.
  'mapped, with its descriptor closed':
    'exec perl -e "open(F, q(<), q(DISK)); syscall(9, 0, 4096, 1, 1, fileno(F), 0) > 0 or die; close F; open(H, q(>), q(/tmp/held)); print H \\$\\$; close H; sleep 1000"',
  'by a child of a child': '( exec 3<>DISK; setsid sleep 1000 & echo $! >/tmp/held )',
}

test.each(Object.keys(ENDED))('whoever has it open %s is ended', async (way) => {
  await granted()
  const pid = await hold((ENDED[way] ?? '').replaceAll('DISK', disk))
  expect(await alive(pid)).toBe('alive')
  await ve.configure({ devices: [] })
  expect(await alive(pid)).toBe('ended')
  expect(await traces()).toBe('')
  expect((await ve.seen())?.state).toBe('running')
})

// Stays in flight for as long as the socket that it was sent to is open: SCM_RIGHTS, sendmsg is system call 46 of x86-64.
const IN_FLIGHT = `
use Socket; socketpair(A, B, AF_UNIX, SOCK_DGRAM, 0) or die; open(F, "+<", $ARGV[0]) or die "open: $!";
my ($data, $rights) = ("x", pack("Q i i i x4", 20, 1, 1, fileno(F)));
my $parts = pack("P Q", $data, 1);
my $message = pack("Q L x4 P Q P Q i x4", 0, 0, $parts, 1, $rights, 24, 0);
syscall(46, fileno(A), $message, 0) == 1 or die "sendmsg: $!";
close F; open(H, ">", "/tmp/held") or die; print H $$; close H; sleep 1000;
`

test('one that nobody has and that is not closed either stays granted, and can be had back with a stop', async () => {
  await granted()
  await ve.exec(['sh', '-c', 'cat >/tmp/fly.pl'], { stdin: IN_FLIGHT })
  const pid = await hold(`exec perl /tmp/fly.pl ${disk}`)
  const had = await traces()
  expect(had).toMatch(/^b 7:\d+ rw\nloop\d+\n$/)
  const refused = ve.configure({ devices: [], hostname: 'changed' })
  await expect(refused).rejects.toThrow(/keeps \/dev\/loop\d+ open.*Stop or restart the VE/)
  expect(await traces()).toBe(had)
  expect(await alive(pid)).toBe('alive')
  expect(await ve.shell(`hostname; head -c 1 ${disk} >/dev/null && echo opens`)).toBe(
    `${ve.spec.hostname}\nopens`,
  )
  // It is refused until what holds it has gone: a node that was made anew does not hide the old one.
  await expect(ve.configure({ devices: [] })).rejects.toThrow('Stop or restart the VE')
  await ve.stop()
  await ve.configure({ devices: [] })
  await ve.start()
  expect(await traces()).toBe('')
})

test('who may only read from now on has to open it again', async () => {
  await granted()
  const pid = await hold(`exec 3<>${disk}; umount -l /dev/corral; echo $$ >/tmp/held; exec sleep 1000`)
  await ve.configure({ devices: [{ path: disk, access: 'r' }] })
  expect(await alive(pid)).toBe('ended')
  expect(await traces()).toMatch(/^b 7:\d+ r\nloop\d+\n$/)
})

test('a grant that fails later leaves nothing', async () => {
  await ve.start()
  const had = await traces()
  const nfs = [{ server: '192.0.2.250', export: '/none', path: '/srv/none', readOnly: true }]
  const failing = { devices: [{ path: disk, access: 'rw' }], features: { ...ve.spec.features, nfs } }
  await expect(ve.configure(failing)).rejects.toThrow(Problem)
  expect(await traces()).toBe(had)
  expect(await ve.shell(`ls -A /dev/corral; test -e ${disk} && echo there`)).toBe('')
})

test('a card that the VE’s root hid behind one of its own does not come back as that one', async () => {
  await lab.agent.run('ip link add nic0 type veth peer name nic1')
  const onHost = () => lab.agent.run('ls /sys/class/net')
  try {
    await ve.start()
    const had = await onHost()
    await ve.configure({ networkDevices: [{ device: 'nic0', ifname: 'lan0' }] })
    const index = await ve.shell('cat /sys/class/net/lan0/ifindex')
    const without = await onHost()
    await ve.shell(
      `setsid unshare -n sh -c 'echo $$ >/tmp/nest; exec sleep 1000' >/dev/null 2>&1 </dev/null &`,
    )
    await expect.poll(() => ve.shell('readlink /proc/$(cat /tmp/nest)/ns/net'), SLOW).toMatch(/^net:/)
    await ve.shell(
      `ip link set lan0 netns $(cat /tmp/nest); ip link add lan0 index ${index} type veth peer name trap`,
    )
    expect(await ve.shell('cat /sys/class/net/lan0/ifindex')).toBe(index)
    await expect(ve.configure({ networkDevices: [] })).rejects.toThrow(/moved nic0 .*Stop or restart the VE/)
    expect(await onHost()).toBe(without)
    expect(await ve.shell('ls /sys/class/net')).toMatch(/lan0[\s\S]*trap/)

    // Put back, under a name that tools take for a word of theirs.
    await ve.shell(
      'ip link del dev lan0; nsenter -t $(cat /tmp/nest) -n ip link set dev lan0 netns 1; ip link set dev lan0 name netns',
    )
    await ve.configure({ networkDevices: [] })
    expect(await onHost()).toBe(had)
  } finally {
    await ve.stop()
    await lab.agent.run('ip link del nic1')
  }
})
