/**
 * What the two halves of the firewall on bridges tell each other in a packet's mark: the bridge knows the port but not the
 * connection (its own conntrack is a kernel option that many lack, and cannot refuse a forwarded packet), the IP layer knows the
 * connection but not the port. A mark is the host's alone: the kernel clears it when a packet comes out of a VE.
 */
export const MARK = {
  /** Answers and what belongs to them: let through. */
  answer: 0x1000_0000,
  /** Of no connection that could be. */
  invalid: 0x2000_0000,
  /** To be refused by the IP layer, which can say so to the sender. */
  refuse: 0x4000_0000,
  /** Sent by a VE, and to a VE: whose connections are counted. */
  fromVe: 0x0400_0000,
  toVe: 0x0800_0000,
} as const

const hex = (mark: number) => `0x${mark.toString(16).padStart(8, '0')}`

export const hasMark = (mark: number): string => `meta mark and ${hex(mark)} == ${hex(mark)}`
export const setMark = (mark: number): string => `meta mark set meta mark or ${hex(mark)}`
