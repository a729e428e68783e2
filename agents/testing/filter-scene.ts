/**
 * A lab host with VEs made of nothing but their network: namespaces behind the host's ends that the agent would have made. Quick to
 * make, and all that a packet meets on its way is real.
 *
 *   web (101, routed)                       10.99.1.2  fd99:1::2    ve101.0
 *   net (outside, behind another link)      10.99.9.2  fd99:9::2    and 10.99.9.3
 *   shop (102, bridged), desk (103, bridged, never a firewall), lan (on the bridge, no VE)
 *                                           10.98.0.2, .3, .4   fd98::2, ::3, ::4
 *   host                                    10.99.1.1, 10.98.0.1 …
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Problem, type ProblemJson } from '../../lib/contract/problem.ts'
import { hostFootprint, leaks } from '../../lib/lab/host-footprint.ts'
import { type HostShell, openHostShell } from '../../lib/lab/host-shell.ts'
import { lowerLab } from '../../lib/lab/lower-lab.ts'
import { raiseLab } from '../../lib/lab/raise-lab.ts'
import { bundle } from '../build.ts'
import { PACKET_PROBE } from './packet-probe.ts'

export const PLACES = ['web', 'net', 'shop', 'desk', 'lan'] as const
export type Place = (typeof PLACES)[number] | 'host'
export type Question = readonly [from: Place, protocol: 'tcp' | 'udp', to: string, port: number]

export type FilterScene = {
  /** A line for the host's shell; gives its stdout. */
  run(line: string, input?: string): Promise<string>
  /** The same in one of the places. */
  at(place: Place, line: string): Promise<string>
  /** Calls one of the functions in network-filter-main.ts by the agent's interpreter; throws its problem. */
  call(name: string, params: object): Promise<unknown>
  /** All at once: "open", "refused" or "silent" for each. */
  ask(questions: readonly Question[]): Promise<string[]>
  footprint(): Promise<string[]>
  lower(): Promise<void>
}

const PROBE = '/root/probe.pl'
const FILTER = '/root/filter.js'

const PORTS = '22 53 80 443 5000'

const SETUP = `set -e
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
place() { ip netns add $1; ip -n $1 link set lo up; ip link add $2 type veth peer name eth0 netns $1; ip link set $2 up; ip -n $1 link set eth0 up
  ip -n $1 addr add $3 dev eth0; ip -n $1 addr add $4 dev eth0 nodad; }
ways() { ip -n $1 route add default via $2; ip -n $1 route add ::/0 via $3; }
place web ve101.0 10.99.1.2/24 fd99:1::2/64; ip addr add 10.99.1.1/24 dev ve101.0; ip addr add fd99:1::1/64 dev ve101.0 nodad; ways web 10.99.1.1 fd99:1::1
place net net0 10.99.9.2/24 fd99:9::2/64; ip addr add 10.99.9.1/24 dev net0; ip addr add fd99:9::1/64 dev net0 nodad; ways net 10.99.9.1 fd99:9::1
ip -n net addr add 10.99.9.3/24 dev eth0
ip link add br0 type bridge; ip addr add 10.98.0.1/24 dev br0; ip addr add fd98::1/64 dev br0 nodad; ip link set br0 up
n=2; for p in shop:ve102.0 desk:ve103.0 lan:lan0; do
  place \${p%:*} \${p#*:} 10.98.0.$n/24 fd98::$n/64; ip link set \${p#*:} master br0; ways \${p%:*} 10.98.0.1 fd98::1; n=$((n+1)); done
for p in web net shop desk lan; do ip netns exec $p perl ${PROBE} serve ${PORTS} >/tmp/$p.ready 2>&1 & done
perl ${PROBE} serve 53 80 443 5000 >/tmp/host.ready 2>&1 &
for p in web net shop desk lan host; do until grep -q ready /tmp/$p.ready; do sleep 0.05; done; done
`

export async function raiseFilterScene(): Promise<FilterScene> {
  const dir = mkdtempSync(path.join(tmpdir(), 'corral-filter-'))
  const lower = async () => {
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const lab = await raiseLab({ dir, hosts: 1, name: 'filter' })
    const [host] = lab.hosts
    if (host === undefined) throw new Error('The lab has no host')
    const shell = await openHostShell(host)
    const scene = await setFilterScene(shell)
    return {
      ...scene,
      lower: async () => {
        shell.close()
        await lower()
      },
    }
  } catch (error) {
    await lower()
    throw error
  }
}

/** On a host that is up, whatever it is. */
export async function setFilterScene(shell: HostShell): Promise<Omit<FilterScene, 'lower'>> {
  const main = await bundle({ entryPoints: ['agents/host/testing/network-filter-main.ts'], format: 'esm' })
  await shell.execute(['sh', '-c', `cat >${FILTER}`], main)
  await shell.execute(['sh', '-c', `cat >${PROBE}`], PACKET_PROBE)
  await shell.execute(['sh', '-c', SETUP])
  return sceneOn(shell)
}

const enter = (place: Place) => (place === 'host' ? '' : `ip netns exec ${place} `)

function sceneOn(shell: HostShell): Omit<FilterScene, 'lower'> {
  const run: FilterScene['run'] = (line, input) => shell.execute(['sh', '-c', line], input)
  return {
    run,
    at: (place, line) => run(`${enter(place)}${line}`),
    call: async (name, params) => {
      const request = JSON.stringify({ call: name, ...params })
      const answer = JSON.parse(await run(`qjs --std ${FILTER}`, `${request}\n`)) as Answer
      if (answer.problem !== undefined) throw Problem.fromJson(answer.problem)
      return answer.result
    },
    ask: async (questions) => {
      const lines = questions.map(
        ([from, ...rest], index) =>
          `${enter(from)}perl ${PROBE} ask ${rest.join(' ')} >/tmp/answer.${index} &`,
      )
      const files = questions.map((_, index) => `/tmp/answer.${index}`)
      const read = files.map((file) => `cat ${file}; echo`).join('\n')
      const output = await run(`${lines.join('\n')}\nwait\n${read}\nrm ${files.join(' ')}`)
      return output.trimEnd().split('\n')
    },
    footprint: async () => [
      ...(await hostFootprint(shell.execute)).filter(leaks),
      `bridge filter ${await run('cat /sys/class/net/br0/bridge/nf_call_iptables')}`,
    ],
  }
}

type Answer = { result?: unknown; problem?: ProblemJson }

/** The probe's command line in a place. */
export const probe = (line: string) => `perl ${PROBE} ${line}`
