/** What holds a VE in, what it is given, and what it runs in fewer namespaces, on a real host of the lab. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { SYSTEM_NAMESPACES, type VeNamespace } from '../lib/contract/ve-application.ts'
import { NO_FEATURES } from '../lib/contract/ve-features.ts'
import type { VeSpec } from '../lib/contract/ve-spec.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'

let lab: AgentLab
let before: string[]
let ve: LabVe

beforeAll(async () => {
  lab = await raiseAgentLab()
  ve = new LabVe(lab)
  await ve.create()
  for (let boots = 0; boots < 2; boots += 1) {
    await ve.start() // the log of the boot before the last is kept too
    await ve.stop()
  }
  before = await footprint(lab)
})
afterAll(() => lab?.lower())
afterEach(async () => {
  await ve.stop()
  await expectFootprint(lab, before)
})

/** The one VE of these tests, started as it is wanted. */
async function running(overrides: Partial<VeSpec> = {}): Promise<LabVe> {
  ve.spec = { ...new LabVe(lab).spec, ...overrides }
  await ve.start()
  return ve
}

type Outcome = 'DONE' | 'REFUSED'
/** What became of each command, whatever it prints. */
async function outcomes(each: LabVe, commands: readonly string[]): Promise<[string, Outcome][]> {
  const lines = commands.map((command) => `( ${command} ) >/dev/null 2>&1 && echo DONE || echo REFUSED`)
  const said = (await each.shell(lines.join('\n'))).split('\n')
  return commands.map((command, index) => [command, said[index] as Outcome])
}
const outcome = async (each: LabVe, command: string) => (await outcomes(each, [command]))[0]?.[1]
const all = (commands: readonly string[], is: Outcome): [string, Outcome][] =>
  commands.map((command) => [command, is])
const SLOW = { timeout: 10_000, interval: 100 }

test('a VE sees memory, CPUs, uptime, load and swap of its own', async () => {
  const made = await running({
    limits: { ...EXAMPLE_SPEC.limits, memoryBytes: 300 * 2 ** 20, cpuLimitPercent: 100 },
  })
  expect(await made.shell('grep MemTotal /proc/meminfo')).toMatch(/ 307200 kB$/)
  expect(await made.shell('grep -c ^processor /proc/cpuinfo')).toBe('1')
  expect(await made.shell('cat /proc/swaps | wc -l; grep SwapTotal /proc/meminfo')).toMatch(
    /^1\nSwapTotal:\s+0 kB$/,
  )
  const hostUptime = Number.parseFloat(await lab.agent.run('cat /proc/uptime'))
  expect(Number.parseFloat(await made.shell('cat /proc/uptime'))).toBeLessThan(Math.min(120, hostUptime))
  expect(await made.shell('cat /proc/loadavg')).toMatch(/^\d\.\d\d \d\.\d\d \d\.\d\d \d+\/\d+ \d+$/)
  expect(await made.shell('tail -1 /proc/diskstats; stat -c %n /sys/devices/system/cpu/online')).toContain(
    'cpu/online',
  )
})

const rewrite = (names: readonly string[]) =>
  names.map((name) => `value=$(cat /proc/sys/${name}); echo "$value" >/proc/sys/${name}`)

test('sysctls of its own namespaces may be set, the host’s not', async () => {
  const made = await running()
  const own = rewrite([
    'net/ipv4/ip_forward',
    'net/core/somaxconn',
    'net/ipv6/conf/all/forwarding',
    'kernel/shmmni',
    'kernel/msgmax',
    'kernel/sem',
    'fs/mqueue/queues_max',
    'user/max_user_namespaces',
  ])
  expect(await outcomes(made, own)).toEqual(all(own, 'DONE'))
  expect(await made.shell('hostname other; cat /proc/sys/kernel/hostname')).toBe('other')
  const hosts = rewrite([
    'kernel/core_pattern',
    'kernel/modprobe',
    'kernel/panic',
    'kernel/sysrq',
    'vm/swappiness',
    'vm/overcommit_memory',
    'fs/file-max',
  ])
  expect(await outcomes(made, hosts)).toEqual(all(hosts, 'REFUSED'))
  expect(await lab.agent.run('hostname')).not.toContain('other')
})

test('clock, modules, raw devices, kexec and the kernel’s log are out of reach', async () => {
  const made = await running()
  const refused = [
    'date -s 2001-01-01',
    'dmesg',
    'cat /proc/kmsg',
    'mknod /tmp/mem c 1 1',
    'mknod /tmp/sda b 8 0',
    'cat /proc/kcore',
    'echo b >/proc/sysrq-trigger',
    'echo 1 >/sys/kernel/mm/ksm/run',
    'mount -t debugfs debugfs /mnt',
    'mount -t tracefs tracefs /mnt',
    'mount -t securityfs securityfs /mnt',
    'mount -t devtmpfs devtmpfs /mnt',
    'swapon /dev/null',
    'touch /dev/corral/x',
  ]
  expect(await outcomes(made, refused)).toEqual(all(refused, 'REFUSED'))
  // On x86-64: kexec_load, init_module, finit_module, delete_module, clock_settime, bpf, perf_event_open, syslog, iopl. EPERM is 1.
  const numbers = [246, 175, 313, 176, 227, 321, 298, 103, 172]
  const program = 'for (@ARGV) { $! = 0; syscall($_ + 0, 0, 0, 0, 0, 0); print $! + 0, "\\n" }'
  const { stdout } = await made.exec(['perl', '-e', program, ...numbers.map(String)])
  expect(stdout.trim().split('\n')).toEqual(numbers.map(() => '1'))
})

test('limits of processes are the same whoever started it', async () => {
  const made = await running()
  const limits = await made.shell('cat /proc/1/limits')
  expect(limits).toMatch(/^Max open files\s+1024\s/m)
  expect(limits).toMatch(/^Max core file size\s+0\s/m)
  expect(limits).toMatch(/^Max pending signals\s+16384\s+16384\s/m)
})

const NESTED =
  'unshare --user --map-root-user --mount --pid --fork --net sh -c "mount -t proc proc /proc && mount -t sysfs sysfs /sys && test \\$(ls /proc | grep -c ^[0-9]) -lt 10"'

test('features are off unless asked for', async () => {
  const made = await running()
  expect(await made.shell('ls /dev/fuse /dev/net/tun 2>&1 | grep -c cannot')).toBe('2')
  expect(await outcome(made, NESTED)).toBe('REFUSED')
  expect(await made.shell('grep CapBnd /proc/1/status')).not.toMatch(/[89abcdef][0-9a-f]{9}$/)
})

test('features: nested containers, FUSE, TUN, a capability', async () => {
  const made = await running({
    features: { ...NO_FEATURES, nesting: true, fuse: true, tun: true, capabilities: ['CAP_WAKE_ALARM'] },
  })
  expect(await outcome(made, NESTED)).toBe('DONE')
  expect(await outcome(made, 'exec 3<>/dev/fuse')).toBe('DONE')
  expect(await outcome(made, 'ip tuntap add dev tun7 mode tun && ip link show tun7')).toBe('DONE')
  const bounding = BigInt(`0x${/[0-9a-f]+$/.exec(await made.shell('grep CapBnd /proc/1/status'))?.[0]}`)
  expect((bounding >> 35n) & 1n).toBe(1n) // CAP_WAKE_ALARM
  expect((bounding >> 16n) & 1n).toBe(0n) // CAP_SYS_MODULE
})

test('with nested containers a link in the place of its /dev leads nowhere on the host', async () => {
  const made = await running({ features: { ...NO_FEATURES, nesting: true } })
  const { idBase } = made.spec
  const inTree = (line: string) =>
    lab.agent.run(
      `cd /run/corral/ve/101/root && setpriv --reuid=${idBase} --regid=${idBase} --clear-groups sh -c '${line}'`,
    )
  await inTree('mv dev dev.away && ln -s /tmp dev')
  await made.stop()
  expect(await problemOf(made.start())).toBe('command-failed')
  expect(await lab.agent.run('ls -A /tmp')).not.toContain('.corral')
  await running()
  await inTree('rm dev && mv dev.away dev')
})

test('clocks of its own begin with it', async () => {
  const made = await running({ namespaces: [...SYSTEM_NAMESPACES, 'time'] })
  const offset = Number(/boottime\s+(-?\d+)/.exec(await made.shell('cat /proc/self/timens_offsets'))?.[1])
  expect(offset).toBeLessThan(0)
  expect(await outcome(made, 'date -s 2001-01-01')).toBe('REFUSED')
})

const PROGRAM = ['/bin/sh', '-c', 'echo "$GREETING" >/tmp/said; exec sleep 1000']
const application = (namespaces: VeNamespace[]): Partial<VeSpec> => ({
  kind: 'application',
  namespaces,
  application: {
    ...{ command: PROGRAM, environment: { GREETING: 'hello' }, workingDirectory: '/tmp' },
    ...{ uid: 0, gid: 0 },
  },
  ...(namespaces.includes('network') ? {} : { interfaces: [] }),
})

test.each([
  [['pid', 'ipc', 'uts', 'network', 'user', 'cgroup', 'time']],
  [['pid', 'ipc', 'uts', 'user', 'cgroup']],
  [['user']],
  [['pid', 'network']],
  [['network', 'uts']],
  [[]],
] as VeNamespace[][][])('an application with namespaces of its own: %j', async (namespaces) => {
  const own = (name: VeNamespace) => namespaces.includes(name)
  const made = await running(application(namespaces))
  await expect.poll(() => made.shell('cat /tmp/said'), SLOW).toBe('hello')
  const { initPid } = (await made.seen()) ?? {}
  const shares = await lab.agent.run(
    `for n in pid ipc uts net user cgroup time mnt; do [ $(readlink /proc/1/ns/$n) = $(readlink /proc/${initPid}/ns/$n) ] && echo $n; done; true`,
  )
  const kernelName = (name: string) => (name === 'network' ? 'net' : name)
  const expected = ['pid', 'ipc', 'uts', 'network', 'user', 'cgroup', 'time'].filter(
    (name) => !own(name as VeNamespace),
  )
  expect(shares.trim().split('\n').filter(Boolean)).toEqual(expected.map(kernelName))
  expect(await made.shell('hostname')).toBe(
    own('uts') ? 'web1.example.org' : (await lab.agent.run('hostname')).trim(),
  )
  expect(await made.shell('cat /proc/1/comm')).toBe(own('pid') ? 'sleep' : 'init')
  const id = await lab.agent.run(`awk '/^Uid/ { print $2 }' /proc/${initPid}/status`)
  expect(id.trim()).toBe(own('user') ? '1048576' : '0')
  const refused = [
    'mount -t tmpfs none /mnt',
    'echo 1 >/proc/sys/kernel/panic',
    'echo x >/proc/sys/kernel/core_pattern',
    'mkdir /sys/fs/cgroup/memory/x',
    'mknod /tmp/sda b 8 0',
    'cat /proc/kcore',
    'date -s 2001-01-01',
    'umount /proc/sys',
    'cat /sys/kernel/debug/*',
    'ip link add veth9 type veth',
    'hostname evil',
    ...(own('pid') ? [] : ['cat /proc/1/environ', 'ls /proc/1/root/', 'cat /proc/1/mem']),
  ]
  expect(await outcomes(made, refused)).toEqual(all(refused, 'REFUSED'))
  expect(await made.stop()).toMatchObject({ state: 'stopped' })
  await expect.poll(() => lab.agent.run('pgrep -x sleep || true'), SLOW).toBe('')
})

test('what would open the host is refused before anything is made', async () => {
  ve.spec = { ...new LabVe(lab).spec, namespaces: ['pid', 'network'] }
  expect(await problemOf(ve.start())).toBe('invalid-input')
  ve.spec = { ...ve.spec, ...application(['pid']), features: { ...NO_FEATURES, nesting: true } }
  expect(await problemOf(ve.start())).toBe('invalid-input')
})

test('a block device is granted and revoked while the VE runs, and one in use is refused', async () => {
  const loop = (
    await lab.agent.run('truncate -s 4M /var/tmp/disk.img; losetup -f --show /var/tmp/disk.img')
  ).trim()
  try {
    await lab.agent.run(`printf 0123456789abcdef | dd of=${loop} conv=notrunc status=none`)
    const made = await running()
    expect(await outcome(made, `head -c 4 ${loop}`)).toBe('REFUSED')
    await made.configure({ devices: [{ path: loop, access: 'r' }] })
    expect(await made.shell(`head -c 4 ${loop}`)).toBe('0123')
    expect(await outcome(made, `echo x >${loop}`)).toBe('REFUSED')
    await made.configure({ devices: [{ path: loop, access: 'rw' }] })
    expect(await outcome(made, `printf WXYZ | dd of=${loop} conv=notrunc`)).toBe('DONE')
    expect(await lab.agent.run(`head -c 6 ${loop}`)).toBe('WXYZ45')
    await made.shell(`sleep 1000 <${loop} >/dev/null 2>&1 & cp -a /dev/corral/* /tmp/ 2>/dev/null; true`)
    await made.configure({ devices: [] })
    expect(await outcome(made, `head -c 4 ${loop}`)).toBe('REFUSED')
    expect(await made.shell('ls /dev/corral; pgrep -x sleep')).toBe('')
    const mounted = (await lab.agent.run('findmnt -no SOURCE /vz')).trim()
    expect(await problemOf(made.configure({ devices: [{ path: mounted, access: 'rw' }] }))).toBe(
      'device-in-use',
    )
    expect(await problemOf(made.configure({ devices: [{ path: '/dev/nothing', access: 'r' }] }))).toBe(
      'invalid-input',
    )
    expect(await problemOf(made.configure({ devices: [{ path: '/dev/null', access: 'rw' }] }))).toBe(
      'invalid-input',
    )
    await made.stop()
    made.spec = { ...made.spec, devices: [{ path: loop, access: 'r' }] }
    await made.start()
    expect(await made.shell(`head -c 4 ${loop}`)).toBe('WXYZ')
  } finally {
    await ve.stop()
    await lab.agent.run(`losetup -d ${loop}; rm /var/tmp/disk.img`)
  }
})

test('a network device is the VE’s own while it has it, and comes back whatever became of the VE', async () => {
  await lab.agent.run(
    'ip link add nic0 type veth peer name nic1; ip addr add 192.0.2.1/24 dev nic1; ip link set nic1 up',
  )
  const onHost = () => lab.agent.run('cat /sys/class/net/nic0/address 2>/dev/null || echo away')
  const mac = await onHost()
  try {
    const made = await running()
    const granted = { networkDevices: [{ device: 'nic0', ifname: 'lan0' }] }
    await made.configure(granted)
    expect(await onHost()).toBe('away\n')
    const up = 'ip addr add 192.0.2.2/24 dev lan0 && ip link set lan0 up && ping -c1 -W2 192.0.2.1'
    expect(await outcome(made, up)).toBe('DONE')
    await made.shell('ip link set lan0 down; ip link set lan0 name mine address 02:11:22:33:44:55')
    await made.configure({ networkDevices: [] })
    expect(await onHost()).toBe(mac)
    expect(await made.shell('ip -br link | grep -c 02:11:22:33:44:55')).toBe('0')
    await made.configure(granted)
    await lab.agent.run(`kill -9 ${(await made.seen())?.initPid}`)
    await expect.poll(async () => (await made.seen())?.state, SLOW).toBe('stopped')
    await made.stop()
    expect(await onHost()).toBe(mac)
    await made.start()
    const used = [
      { device: 'eth0', ifname: 'lan0' },
      { device: 'nic1', ifname: 'lan0' },
    ]
    for (const device of used) {
      expect([device, await problemOf(made.configure({ networkDevices: [device] }))]).toEqual([
        device,
        'device-in-use',
      ])
    }
  } finally {
    await ve.stop()
    await lab.agent.run('ip link del nic1')
  }
})

test('the host’s devices are told with what holds them', async () => {
  await lab.agent.run(
    'ip link add free0 type dummy || ip link add free0 type veth peer name free1; ip link add br9 type bridge',
  )
  try {
    const { facts, capabilities } = await lab.agent.call('host-facts', {}, 'test:facts')
    expect(facts.bridges).toEqual(['br9'])
    const use = (name: string) => facts.networkDevices.find((each) => each.name === name)?.usedFor
    expect(use('free0')).toBeNull()
    expect(use('eth0')).toContain(lab.host.address)
    expect(capabilities.lxcfs).toEqual({ available: true, reason: null })
    expect(capabilities.tun.available).toBe(true)
    expect(capabilities['time-namespace'].available).toBe(true)
  } finally {
    await lab.agent.run('ip link del free0; ip link del br9')
  }
})
