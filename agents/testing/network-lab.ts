import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { HOST_PATHS, type TemplateCache } from '../../lib/contract/agent-protocol.ts'
import type { VeInterface } from '../../lib/contract/ve-interface.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { hostFootprint, leaks } from '../../lib/lab/host-footprint.ts'
import { openHostShell } from '../../lib/lab/host-shell.ts'
import type { LabHost } from '../../lib/lab/lab-state.ts'
import { lowerLab } from '../../lib/lab/lower-lab.ts'
import { raiseLab } from '../../lib/lab/raise-lab.ts'
import { buildAgent } from '../build.ts'
import { SEND_FRAMES } from '../host/network/send-frames.ts'
import { EXAMPLE_SPEC } from '../host/testing/example-spec.ts'
import { PASSWORD, TEMPLATE } from './agent-lab.ts'
import { type LabAgent, labAgent } from './lab-agent.ts'

/** Of two; `other6` is the other host on the same link. */
export type NetworkHost = {
  host: LabHost
  agent: LabAgent
  template: TemplateCache
  address6: string
}

/** Two hosts that share a link (eth0, IPv4 and IPv6), and a switch: bridge br0 on each, joined by a wire. */
export type NetworkLab = {
  hosts: [NetworkHost, NetworkHost]
  /** The n-th IPv4 address for VEs on the shared link. */
  free(n: number): string
  lower(): Promise<void>
}

export async function raiseNetworkLab(): Promise<NetworkLab> {
  const dir = mkdtempSync(path.join(tmpdir(), 'corral-network-'))
  const lower = async () => {
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const lab = await raiseLab({ dir, hosts: 2, name: 'net' })
    await buildAgent(path.join(dir, 'agent.js'))
    const bundle = readFileSync(path.join(dir, 'agent.js'), 'utf8')
    joinSwitches(lab.hosts)
    const hosts = await Promise.all(lab.hosts.map((host, index) => prepare(host, index, bundle)))
    const pool = lab.network.addressPool.first
    return {
      hosts: hosts as NetworkLab['hosts'],
      free: (n) => pool.replace(/\d+$/, (last) => String(Number(last) + n)),
      lower: async () => {
        for (const { agent } of hosts) agent.close()
        await lower()
      },
    }
  } catch (error) {
    await lower()
    throw error
  }
}

/** Goes when the hosts' namespaces go. */
function joinSwitches(hosts: readonly LabHost[]): void {
  const [one, two] = hosts.map(({ init }) => String(init?.pid))
  if (one === undefined || two === undefined) throw new Error('Two hosts are needed')
  const argv = ['link', 'add', 'wire0', 'netns', one, 'type', 'veth', 'peer', 'name', 'wire0', 'netns', two]
  execFileSync('ip', argv)
}

const HOST_NETWORK = (address6: string) =>
  [
    `ip address add ${address6}/64 dev eth0 nodad`,
    'ip link add br0 type bridge',
    'ip link set wire0 master br0 up',
    'ip link set br0 up',
  ].join(' && ')

async function prepare(host: LabHost, index: number, bundle: string): Promise<NetworkHost> {
  const agent = await labAgent(host)
  const address6 = `fd77::${index + 1}`
  await agent.run(`mkdir -p /usr/local/lib/corral && cat >${HOST_PATHS.agent}`, bundle)
  await agent.run(HOST_NETWORK(address6))
  const template = await agent.call('template-build', TEMPLATE, 'lab:template')
  return { host, agent, template, address6 }
}

let keys = 0
const key = () => `net:${process.pid}:${keys++}`

/** A VE on one of the hosts. */
export type LabVe = NetworkHost & {
  spec: VeSpec
  pid: number
  /** A line for the host's shell, as the VE's root in its network namespace. */
  inside(line: string, input?: string): Promise<string>
  /** Changes it while it runs. */
  configure(change: Partial<VeSpec>): Promise<void>
  destroy(): Promise<void>
}

export async function startVe(on: NetworkHost, veid: number, interfaces: VeInterface[]): Promise<LabVe> {
  const { agent, template } = on
  const uuid = `0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0${veid}`
  const spec: VeSpec = { ...EXAMPLE_SPEC, veid, uuid, idBase: 1_048_576 + 65_536 * (veid - 101), interfaces }
  const from = { cache: TEMPLATE.cache, digest: template.digest }
  const access = { rootPassword: PASSWORD, sshKeys: [] }
  const { initPid } = await agent.call('ve-create', { ...from, spec, access, start: true }, key())
  const enter = `nsenter -t ${initPid} -U -n -S 0 -G 0`
  const ve: LabVe = {
    ...on,
    spec,
    pid: initPid ?? 0,
    inside: (line, input) => agent.run(`${enter} ${line}`, input),
    configure: async (change) => {
      const next = { ...ve.spec, ...change }
      await agent.call('ve-configure', { spec: next }, key())
      ve.spec = next
    },
    destroy: async () => {
      await agent.call('ve-destroy', { veid, uuid, epoch: 1, kill: true }, key())
    },
  }
  return ve
}

/**
 * Notes each frame that passes the device, until one holds the text or 20 s have gone; prints them then, for printing makes frames.
 * See SEND_FRAMES.
 */
const LISTEN = [
  'my ($dev, $end, $ready) = @ARGV; alarm 20;',
  'socket(my $s, 17, 3, unpack("S", pack("n", 3))) or die "socket: $!";',
  'my $r = pack("a16x24", $dev); ioctl($s, 0x8933, $r) or die "$dev: $!";',
  'bind($s, pack("SniSCCx8", 17, 3, unpack("x16i", $r), 0, 0, 0)) or die "bind: $!";',
  'open(my $f, ">", $ready) or die; close($f);',
  'my @all; while (defined(recv($s, my $b, 65536, 0))) { my $h = unpack("H*", $b); push @all, $h; last if index($h, $end) >= 0 }',
  'print join("\\n", @all);',
].join(' ')

/** Where frames are listened for: a device of a host, or of a VE. */
export type Ear = { agent: LabAgent; device: string; pid?: number }

/** Listens from now on, until a frame with that text has come by; then gives all of them, a line each. */
export async function listen(ear: Ear, end: string): Promise<{ frames(): Promise<string> }> {
  const ready = '/tmp/listening'
  await ear.agent.run(`rm -f ${ready}`)
  const enter = ear.pid === undefined ? '' : `nsenter -t ${ear.pid} -n`
  const listening = ear.agent.run(`${enter} perl -e '${LISTEN}' ${ear.device} ${end} ${ready}`)
  await ear.agent.run(`until test -e ${ready}; do sleep 0.02; done; rm ${ready}`)
  return { frames: () => listening }
}

/**
 * Which of the frames, sent by the VE's root through its device, come by at the ear. Each has a mark of its own at its end; the last
 * must come by, or this fails: by then all others would have.
 */
export async function heard(
  ear: Ear,
  from: LabVe,
  device: string,
  frames: Record<string, string>,
): Promise<string[]> {
  const marks = Object.keys(frames).map((name, index) => ({
    name,
    mark: `c0ffee${String(index).padStart(6, '0')}`,
  }))
  const passed = await listen(ear, marks[marks.length - 1]?.mark ?? '')
  const lines = marks.map(({ name, mark }) => `${device} ${frames[name]}${mark}`)
  await from.inside(`perl -e '${SEND_FRAMES}'`, `${lines.join('\n')}\n`)
  const all = await passed.frames()
  // A bridge cuts off what is behind the end of an IPv6 packet.
  const came = ({ name, mark }: { name: string; mark: string }) =>
    all.includes(mark) || all.includes(frames[name] ?? mark)
  return marks.filter(came).map(({ name }) => name)
}

/**
 * A TCP connection from a host to a VE, whose end sends back what it gets. `finish` says a second word on it and gives what has come
 * back in all.
 */
export async function openConnection(
  from: NetworkHost,
  to: LabVe,
  address: string,
): Promise<{ finish(): Promise<string> }> {
  const served = to.inside('timeout 60 busybox nc -l -p 7000 -e cat')
  const client = [
    'rm -f /tmp/open /tmp/late',
    `until exec 3<>/dev/tcp/${address}/7000; do sleep 0.05; done 2>/dev/null`,
    'echo early >&3 && read -r -t 5 early <&3 && touch /tmp/open',
    'until test -e /tmp/late; do sleep 0.05; done',
    'echo late >&3 && read -r -t 10 late <&3; echo "$early $late"',
  ].join('\n')
  const spoken = from.agent.run('timeout 60 bash', client)
  await from.agent.run('timeout 20 sh -c "until test -e /tmp/open; do sleep 0.05; done"')
  return {
    finish: async () => {
      await from.agent.run('touch /tmp/late')
      const words = await spoken
      await from.agent.run('rm -f /tmp/open /tmp/late')
      await served
      return words
    },
  }
}

/** What a VE could leave behind on a host. */
export async function networkFootprint({ host }: NetworkHost): Promise<string[]> {
  const shell = await openHostShell(host)
  try {
    const found = await hostFootprint(shell.execute)
    const six = await shell.execute(['ip', '-oneline', '-6', 'address'])
    return [...found.filter(leaks), ...six.replaceAll(' tentative', '').trim().split('\n')]
  } finally {
    shell.close()
  }
}
