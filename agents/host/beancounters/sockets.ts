/** Sockets of the network namespace that a VE's init is in: /proc/PID/net (proc_pid_net(5), net/ipv4/proc.c of the kernel). */
import type { Sys } from '../sys/sys.ts'
import { peek, peekLong } from './numbers.ts'

export type Sockets = { tcp: number; other: number; udpSendBytes: number; udpReceiveBytes: number }

export const NO_SOCKETS: Sockets = { tcp: 0, other: 0, udpSendBytes: 0, udpReceiveBytes: 0 }

/** Some 8,000 sockets. */
const QUEUES_BYTES_MOST = 1024 * 1024

function inUse(text: string, protocol: string): number {
  const at = text.indexOf(protocol)
  return at < 0 ? 0 : Number.parseInt(text.slice(at + protocol.length, at + protocol.length + 16), 10) || 0
}

/** Pure. In sockstat "sockets: used" and "inuse" are of the namespace; "orphan", "alloc" and "mem" are the whole kernel's. */
export function parseSockstat(four: string, six: string): { used: number; tcp: number; udp: number } {
  return {
    used: inUse(four, 'sockets: used '),
    tcp: inUse(four, 'TCP: inuse ') + inUse(six, 'TCP6: inuse '),
    udp: inUse(four, 'UDP: inuse ') + inUse(six, 'UDP6: inuse '),
  }
}

/** Pure: sums of the column tx_queue:rx_queue, hexadecimal, of /proc/net/udp and the like. */
export function parseQueues(text: string): { send: number; receive: number } {
  const sum = { send: 0, receive: 0 }
  for (const line of text.split('\n')) {
    const queues = line.trim().split(/\s+/, 5)[4]
    if (queues === undefined || queues[8] !== ':') continue
    sum.send += Number.parseInt(queues.slice(0, 8), 16)
    sum.receive += Number.parseInt(queues.slice(9), 16)
  }
  return sum
}

export function readSockets(sys: Sys, initPid: number): Sockets {
  const net = `/proc/${initPid}/net`
  const { used, tcp, udp } = parseSockstat(peek(sys, `${net}/sockstat`), peek(sys, `${net}/sockstat6`))
  const queues =
    udp === 0
      ? []
      : ['udp', 'udp6'].map((name) => parseQueues(peekLong(sys, `${net}/${name}`, QUEUES_BYTES_MOST)))
  return {
    tcp,
    other: Math.max(0, used - tcp),
    udpSendBytes: queues.reduce((sum, { send }) => sum + send, 0),
    udpReceiveBytes: queues.reduce((sum, { receive }) => sum + receive, 0),
  }
}
