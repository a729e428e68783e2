/** How the rates of a VE's interfaces become queues: pure. Bits a second, bytes. */
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { hostEnd } from './interface-plan.ts'

/** A frame of Ethernet with a VLAN tag. */
const FRAME = 1518
const WAITING_FRAMES = 40
const MIB = 1_048_576

/**
 * A token bucket (tc-tbf(8)). `burst`: 10 ms at this rate, no less than two frames; packets that offload made bigger are taken apart.
 * `limit`: 100 ms may wait, and no less than 40 frames, for TCP sends in bursts that long; no more than 16 MiB, for it is
 * memory of the host.
 */
export function bucketWords(bits: number): string {
  const bytes = bits / 8
  const burst = Math.round(Math.min(Math.max(bytes * 0.01, 2 * FRAME), 4 * MIB))
  const waiting = Math.round(Math.min(Math.max(bytes * 0.1, WAITING_FRAMES * FRAME), 16 * MIB))
  return `tbf rate ${bits}bit burst ${burst}b limit ${burst + waiting}b`
}

/** The device that what a VE sends waits in: what comes in cannot be queued where it comes in. At most 15 characters. */
export const waitingEnd = (veid: number, index: number): string => `ib${veid}.${index}`

/** Those of one VE, among the names of all devices. */
export function waitingEndsOf(veid: number, devices: readonly string[]): string[] {
  return devices.filter((device) => device.startsWith(`ib${veid}.`))
}

export function rateTable(veid: number): string {
  return `corral-ve${veid}-rate`
}

export type RatePlan = {
  /** For tc(8) -batch: queues towards the VE, and of the waiting devices. */
  queues: string[]
  waiting: string[]
  /** For nft(8): sends what the VE sends through its waiting device, after all else that looks at it there. */
  detour: string
}

type Rated = Pick<VeInterface, 'index' | 'rate'>

export function planRates(veid: number, interfaces: readonly Rated[]): RatePlan {
  const slowed = interfaces.filter(({ rate }) => rate.outBits !== null)
  const table = `table netdev ${rateTable(veid)}`
  const chains = slowed.map(
    ({ index }) =>
      `chain out${index} {\ntype filter hook ingress device "${hostEnd(veid, index)}" priority 1000;\nfwd to "${waitingEnd(veid, index)}"\n}`,
  )
  return {
    queues: [
      ...interfaces.map(({ index, rate }) => queueLine(hostEnd(veid, index), rate.inBits)),
      ...slowed.map(({ index, rate }) => queueLine(waitingEnd(veid, index), rate.outBits)),
    ],
    waiting: slowed.map(({ index }) => waitingEnd(veid, index)),
    detour: `${table} {}\ndelete ${table}\n${chains.length === 0 ? '' : `${table} {\n${chains.join('\n')}\n}\n`}`,
  }
}

const queueLine = (device: string, bits: number | null) =>
  `qdisc replace dev ${device} root ${bits === null ? 'noqueue' : bucketWords(bits)}`
