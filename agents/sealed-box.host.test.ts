/**
 * What root of a VE tries against its host and its neighbours, on a real host of the lab. All of it fails, and the host is unharmed. Spoofing,
 * sniffing and firewalls are in network.host.test.ts and firewall.host.test.ts. Needs root on Linux.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'

let lab: AgentLab
let before: string[]
let ve: LabVe
let neighbour: LabVe

beforeAll(async () => {
  lab = await raiseAgentLab()
  before = await footprint(lab)
  ve = new LabVe(lab)
  neighbour = new LabVe(lab, {
    veid: 102,
    uuid: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02',
    name: 'neighbour',
    hostname: 'neighbour.example.org',
    idBase: ve.spec.idBase + 65_536,
    interfaces: [],
  })
  for (const each of [ve, neighbour]) {
    await each.create()
    await each.start()
  }
})
afterAll(() => lab?.lower())

const host = (line: string) => lab.agent.run(line)
/** Of the host as a whole: nothing that is tried may change them. */
const settings = () =>
  host(
    'cd /proc/sys; cat kernel/core_pattern kernel/modprobe kernel/pid_max fs/file-max vm/overcommit_memory 2>/dev/null; true',
  )

/** Whether the VE's root managed it. */
async function managed(line: string): Promise<boolean> {
  const said = await ve.shell(`(${line}) >/tmp/said 2>&1 && echo MANAGED || echo REFUSED`)
  return said.split('\n').pop() === 'MANAGED'
}

test.each([
  [
    'mount the disk of the host',
    'mount -t xfs /dev/loop0 /mnt || mount -t ext4 /dev/sda /mnt || mount /dev/vda /mnt',
  ],
  ['make a node of a disk and read it', 'mknod /root/disk b 7 0 && head -c 512 /root/disk'],
  ['make a node of the memory and read it', 'mknod /root/mem c 1 1 && head -c 512 /root/mem'],
  [
    'read disks and memory where they might be',
    'head -c 1 /dev/sda || head -c 1 /dev/vda || head -c 1 /dev/loop0 || head -c 1 /dev/mem || head -c 1 /dev/kmem',
  ],
  ['choose what handles core dumps', 'echo "|/tmp/x" >/proc/sys/kernel/core_pattern'],
  ['choose what loads modules', 'echo /tmp/x >/proc/sys/kernel/modprobe'],
  [
    'write to /sys',
    'echo 1 >/sys/kernel/profiling || echo offline >/sys/devices/system/memory/memory0/state || echo 0 >/sys/devices/system/cpu/cpu1/online',
  ],
  ['make /sys writable', 'mount -o remount,rw /sys && echo 0 >/sys/devices/system/cpu/cpu1/online'],
  ['press the magic key', 'echo h >/proc/sysrq-trigger'],
  ['load a module', 'modprobe dummy || insmod /tmp/x.ko'],
  ['set the clock', 'date -s 2001-01-01 || hwclock --set --date 2001-01-01'],
  ['read the log of the kernel', 'dmesg || head -c 1 /dev/kmsg || head -c 1 /proc/kmsg'],
  [
    'mount control groups of the host',
    'mkdir -p /mnt/cg && mount -t cgroup -o memory cgroup /mnt/cg && ls /mnt/cg/corral',
  ],
  [
    'mount debugging file systems',
    'mount -t debugfs x /mnt || mount -t tracefs x /mnt || mount -t securityfs x /mnt',
  ],
  [
    'open files by handle', // open_by_handle_at(2), of inode 2, the root: 304 on x86-64
    `perl -e 'open M, "<", "/"; exit(syscall(304, fileno(M), pack("IiII", 8, 1, 2, 0), 0) < 0)'`,
  ],
  [
    'set host-wide limits',
    'echo 1 >/proc/sys/kernel/pid_max || echo 1 >/proc/sys/fs/file-max || echo 0 >/proc/sys/vm/overcommit_memory',
  ],
  [
    'reach the network of the host',
    'nsenter --net=/proc/1/ns/net true && cat /proc/1/root/proc/sys/net/ipv4/conf/ve101.0/forwarding',
  ],
])('cannot %s', async (_, line) => {
  const unharmed = await settings()
  expect(await managed(line)).toBe(false)
  expect(await settings()).toBe(unharmed)
  expect((await ve.seen())?.state).toBe('running')
})

test('sees, signals and traces nobody else’s process', async () => {
  const others = await neighbour.shell('sleep 4711 >/dev/null 2>&1 & echo started')
  expect(others).toBe('started')
  expect(await ve.shell('cat /proc/[0-9]*/cmdline | tr "\\0" " "')).not.toContain('4711')
  const target = Number((await host("pgrep -f '^sleep 4711'")).trim())
  const own = (await host(`awk '/^NSpid/ {print NF}' /proc/${target}/status`)).trim()
  expect(Number(own)).toBeGreaterThan(2) // in a pid namespace of its own: the host's number means nothing inside
  expect(await managed(`kill -9 ${target}`)).toBe(false)
  expect(await managed(`cat /proc/${target}/environ`)).toBe(false)
  expect(await host(`kill -0 ${target} && echo there`)).toBe('there\n')
  await host(`kill ${target}`)
})

test('reaches no abstract socket of the host', async () => {
  const listener =
    'perl -MSocket -e \'socket(S,AF_UNIX,SOCK_STREAM,0); bind(S,pack_sockaddr_un("\\0corral-test")) or die; listen(S,1); $SIG{ALRM}=sub{exit}; alarm 20; accept(C,S) and print "CALLED\\n"\''
  const call =
    'perl -MSocket -e \'socket(S,AF_UNIX,SOCK_STREAM,0); connect(S,pack_sockaddr_un("\\0corral-test")) or exit 1; exit 0\''
  const heard = host(`${listener}; true`)
  await expect.poll(() => host('grep -c @corral-test /proc/net/unix || true')).toBe('1\n')
  expect(await ve.shell('grep -c @corral-test /proc/net/unix; true')).toBe('0')
  expect(await managed(call)).toBe(false)
  expect(await host(`${call} && echo reached`)).toBe('reached\n') // the socket was there all the time
  expect(await heard).toBe('CALLED\n')
})

test('cannot raise its own limits', async () => {
  const { memoryBytes, processes } = ve.spec.limits
  const limits = () =>
    host(
      'cd /sys/fs/cgroup; cat memory/corral/ve101/memory.limit_in_bytes pids/corral/ve101/pids.max cpu/corral/ve101/cpu.shares',
    )
  const set = await limits()
  expect(set).toMatch(new RegExp(`^${memoryBytes}\\n${processes}\\n\\d+\\n$`))
  await ve.shell(
    'for f in $(find / -xdev -name memory.limit_in_bytes -o -name pids.max 2>/dev/null); do echo 99999999999 >$f; done; true',
  )
  expect(
    await managed(
      'ls /sys/fs/cgroup/memory/memory.limit_in_bytes && echo -1 >/sys/fs/cgroup/memory/memory.limit_in_bytes',
    ),
  ).toBe(false)
  expect(await managed('ulimit -Hn 100000000')).toBe(false)
  expect(await limits()).toBe(set)
})

test('sees neither keys nor environment nor files of the host', async () => {
  const secret = 'corral-host-secret-7f3a'
  await host(`umask 077; echo ${secret} >/root/secret`)
  const looked = await ve.shell(
    `cat /proc/keys /proc/*/environ /root/secret /proc/1/root/root/secret /proc/self/cwd/../../../root/secret 2>/dev/null | tr "\\0" "\\n"; find / -xdev -name secret 2>/dev/null; true`,
  )
  expect(looked).not.toContain(secret)
  expect(looked).not.toContain('SSH_CONNECTION')
  expect(await ve.shell('cat /proc/mounts')).not.toMatch(/\/vz|disk\.img/)
  await host('rm /root/secret')
})

test('links planted in its tree lead the agent nowhere', async () => {
  const watched = [
    '/etc/hostname',
    '/etc/hosts',
    '/etc/resolv.conf',
    '/etc/shadow',
    '/etc/network/interfaces',
    '/root/.ssh/authorized_keys',
  ]
  const sums = () => host(`cat ${watched.join(' ')} 2>/dev/null | cksum; ls -la /etc/ssh /root | cksum`)
  const unharmed = await sums()
  await ve.shell(
    [
      'rm -rf /etc/hostname /etc/hosts /etc/resolv.conf /root/.ssh /etc/network',
      'ln -s /../../../../../../etc/hostname /etc/hostname',
      'ln -s ../../../../../../../etc/hosts /etc/hosts',
      'ln -s /proc/1/root/etc/resolv.conf /etc/resolv.conf',
      'ln -s /etc/ssh /root/.ssh',
      'ln -s /../../../../../etc /etc/network',
      'mkdir -p /etc/hosts.corral-new',
    ].join('; '),
  )
  await ve.configure({ hostname: 'renamed.example.org', dns: { servers: ['192.0.2.7'], search: [] } })
  expect(await sums()).toBe(unharmed)
  expect(await ve.shell('cat /etc/hostname; cat /etc/resolv.conf')).toMatch(
    /^renamed\.example\.org\n[\s\S]*192\.0\.2\.7$/,
  )
})

test('programs planted in its tree are run by nobody but itself', async () => {
  const planted = 'sh bash mkdir ln mv rm cp chown chmod stat grep head mount timeout busybox perl ssh-keygen'
  await ve.exec([
    'sh',
    '-c',
    `mkdir /real; cp -a /bin/dash /real/sh; for name in ${planted}; do
       place=$(command -v $name) || place=/usr/bin/$name; [ ! -e "$place" ] || cp -a --dereference "$place" /real/$name
       printf '#!/real/sh\\necho $0 $$ >>/ran\\n' >/real/new; chmod 755 /real/new; cp /real/new /real/new2; mv -f /real/new2 "$place"
     done; rm -f /ran`,
  ])
  const ran = async () => (await ve.exec(['cat', '/ran'])).stdout
  await ve.exec(['mkdir'])
  expect(await ran(), 'they are in place').toContain('/mkdir')
  await ve.exec(['/real/rm', '/ran'])
  const loop = (await host('head -c 1M /dev/zero >/root/loop.img; losetup -f --show /root/loop.img')).trim()
  try {
    await ve.configure({ hostname: 'planted.example.org', devices: [{ path: loop, access: 'r' }] })
    expect((await ve.exec(['readlink', loop])).stdout.trim()).toBe(
      `/dev/corral/${loop.slice('/dev/'.length)}`,
    )
    await ve.configure({ devices: [] })
    expect((await ve.exec(['readlink', loop])).stdout).toBe('')
  } finally {
    await host(`losetup -d ${loop}; rm /root/loop.img`)
  }
  expect((await ve.exec(['cat', '/etc/hostname'])).stdout).toBe('planted.example.org\n')
  expect(await ran()).toBe('')
  await ve.exec([
    '/real/sh',
    '-c',
    `for name in ${planted}; do [ ! -e /real/$name ] || /real/cp /real/$name "$(command -v $name)"; done`,
  ])
})

test('a pipe in place of a file holds the agent up for a while, not for good', async () => {
  await ve.shell('rm -f /etc/hosts; mkfifo /etc/hosts')
  await ve.configure({ hostname: 'again.example.org' })
  expect(await ve.shell('cat /etc/hosts')).toContain('again.example.org')
})

test('files that cannot be written keep no address and no rate', async () => {
  const { interfaces } = ve.spec
  const slow = { inBits: 1_000_000, outBits: 1_000_000 }
  await ve.exec(['sh', '-c', 'mv /etc /etc.away; touch /etc'])
  try {
    await ve.configure({ interfaces: interfaces.map((each) => ({ ...each, rate: slow })) })
    expect(await host('tc qdisc show dev ve101.0')).toContain('rate 1Mbit')
    await ve.configure({ interfaces: [] })
    expect(await host('ip route')).not.toContain(lab.address)
    expect(await problemOf(ve.configure({ hostname: 'nowhere.example.org' }))).toBe('command-failed')
  } finally {
    await ve.exec(['sh', '-c', 'rm /etc; mv /etc.away /etc'])
  }
  await ve.configure({ interfaces })
})

test('setuid there is nothing here, and nobody else here comes to it', async () => {
  await ve.shell('cp /usr/bin/id /id; chown root /id; chmod 4755 /id')
  const program = '/run/corral/ve/101/root/id'
  expect(await host(`stat -c %u:%a ${program}`)).toBe(`${ve.spec.idBase}:4755\n`) // root of the VE, nobody on the host
  expect(await host('cd /run/corral/ve; stat -c %a:%u . 101')).toBe(`711:0\n700:${ve.spec.idBase}\n`)
  const as = (uid: number, line: string) =>
    host(`setpriv --reuid=${uid} --regid=${uid} --clear-groups sh -c '${line}' 2>&1 || true`)
  const other = 65_534
  expect(await as(other, 'id -u')).toBe(`${other}\n`)
  expect(await as(other, `${program} -u`)).toMatch(/Permission denied/)
  expect(await as(other, 'ls /run/corral/ve/101')).toMatch(/Permission denied/)
  // Whoever did come to it would be the VE's root, not the host's.
  const past = `cd /run/corral/ve/101/root; setpriv --reuid=${other} --regid=${other} --clear-groups ./id -u`
  expect(await host(past)).toBe(`${ve.spec.idBase}\n`)
})

test('and afterwards the host is as it was', async () => {
  for (const each of [ve, neighbour]) await each.destroy()
  await expectFootprint(lab, before)
})
