import { randomBytes } from 'node:crypto'
import { Problem } from '../../contract/problem.ts'
import type { Db } from '../../db/client.ts'

/** Locally administered (the second bit of the first byte, IEEE 802), and what people know as a virtual machine's. */
const PREFIX = '02:16:3e'
const TRIES = 20

const hex = (byte: number) => byte.toString(16).padStart(2, '0')
const randomMac = (): string => [PREFIX, ...Array.from(randomBytes(3), hex)].join(':')

/** One that no interface in the fleet has; `planned` are about to have theirs. Under `lockAllocation`. */
export async function newMac(
  tx: Db,
  planned: readonly string[],
  draw: () => string = randomMac,
): Promise<string> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const mac = draw()
    if (!planned.includes(mac) && !(await isMacTaken(tx, mac))) return mac
  }
  throw new Problem('conflict', 'No free hardware address was found: give one.')
}

export async function isMacTaken(tx: Db, mac: string): Promise<boolean> {
  return (await tx.veInterface.count({ where: { mac, removedAt: null } })) > 0
}
