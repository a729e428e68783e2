/**
 * Connections for terminals: sshd allows ten channels each, so another one is made when all are full, and one that nobody
 * uses any more is closed. Bounded: a host holds no more terminals than fit.
 */
import type { Client } from 'ssh2'
import { Problem } from '../contract/problem.ts'

const CHANNELS_EACH = 8
const CONNECTIONS_MOST = 8
export const STREAMS_MOST = CHANNELS_EACH * CONNECTIONS_MOST

type Member = { client: Promise<Client>; used: number }
export type Place = { client: Client; giveBack(): void }

export class StreamPool {
  readonly #connect: () => Promise<Client>
  readonly #members = new Set<Member>()
  #closed = false

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect
  }

  /** A place on an open connection, to be given back once. Rejects as connecting does, or with `terminal-refused` when all are taken. */
  async take(): Promise<Place> {
    if (this.#closed) throw new Problem('link-lost', 'The connection to the host was closed.')
    const member = this.#free() ?? this.#add()
    member.used += 1
    let given = false
    const giveBack = () => {
      if (given) return
      given = true
      member.used -= 1
      if (member.used === 0) this.#drop(member)
    }
    try {
      return { client: await member.client, giveBack }
    } catch (error) {
      giveBack()
      throw error
    }
  }

  #free(): Member | undefined {
    return [...this.#members].find(({ used }) => used < CHANNELS_EACH)
  }

  #add(): Member {
    if (this.#members.size >= CONNECTIONS_MOST)
      throw new Problem('terminal-refused', `This host has ${STREAMS_MOST} terminals open, the most it may.`)
    const member: Member = { client: this.#connect(), used: 0 }
    this.#members.add(member)
    member.client.then(
      (client) => client.on('close', () => this.#members.delete(member)),
      () => this.#members.delete(member),
    )
    return member
  }

  #drop(member: Member): void {
    this.#members.delete(member)
    member.client.then(
      (client) => client.end(),
      () => {},
    )
  }

  close(): void {
    this.#closed = true
    for (const member of this.#members) this.#drop(member)
  }
}
