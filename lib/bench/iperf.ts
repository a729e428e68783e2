import type { BareRoot } from './bare-root.ts'
import type { EngineHost } from './engine-host.ts'

/** RFC 2544 keeps 198.18.0.0/15 for measurements. */
const HOST_END = '198.18.0.1'
const FAR_END = '198.18.0.2'
const NAMESPACE = 'bench'

const WIRE = `set -e
ip netns add ${NAMESPACE}
ip link add bench0 type veth peer name eth0 netns ${NAMESPACE}
ip address add ${HOST_END}/30 dev bench0
ip link set bench0 up
ip -n ${NAMESPACE} link set lo up
ip -n ${NAMESPACE} address add ${FAR_END}/30 dev eth0
ip -n ${NAMESPACE} link set eth0 up`

export const iperfServer = (pidFile: string) => ['iperf3', '--server', '--daemon', '--pidfile', pidFile]

/** One stream for a second; `reverse` has the server send. */
export const iperfClient = (address: string, reverse = false) => [
  ...['iperf3', '--json', '--interval', '0', '--time', '1', '--client', address],
  ...(reverse ? ['--reverse'] : []),
]

/**
 * The peer of a VE's network: a network namespace with nothing in it, joined to the host by a veth pair, with no rule on
 * either end. A server answers at its far end, another on the host itself.
 */
export async function withBareWire<T>(
  { shell }: EngineHost,
  bare: BareRoot,
  work: (farEnd: string) => Promise<T>,
): Promise<T> {
  await shell(['sh', '-c', WIRE])
  try {
    await bare.runIn(NAMESPACE, iperfServer('/run/iperf-far.pid'))
    await bare.run([...iperfServer('/run/iperf-host.pid'), '--bind', '127.0.0.1'])
    return await work(FAR_END)
  } finally {
    await bare.run(['sh', '-c', 'for file in /run/iperf-*.pid; do kill "$(tr -d "\\0" <"$file")"; done'])
    await shell(['ip', 'netns', 'delete', NAMESPACE])
  }
}
