/** Two hosts of a lab with the agent, a VE on the first, and a client of that VE outside of both. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { HOST_PATHS, type ObservedVe } from '../../lib/contract/agent-protocol.ts'
import type { LabHost } from '../../lib/lab/lab-state.ts'
import { lowerLab } from '../../lib/lab/lower-lab.ts'
import { raiseLab } from '../../lib/lab/raise-lab.ts'
import { buildAgent } from '../build.ts'
import { type AgentLab, TEMPLATE } from './agent-lab.ts'
import { labAgent } from './lab-agent.ts'
import { type LabVe, newKey } from './lab-ve.ts'

/** What a test of one host has, without a key pair: nobody signs in to this VE. */
type MoveHost = Omit<AgentLab, 'keyFile' | 'publicKey' | 'bundle'>
export type MoveLab = MoveHost & { other: MoveHost }

export async function raiseMoveLab(): Promise<MoveLab> {
  const dir = mkdtempSync(path.join(tmpdir(), 'corral-move-'))
  const lower = async () => {
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const { hosts, network } = await raiseLab({ dir, hosts: 2, name: 'move' })
    await buildAgent(path.join(dir, 'agent.js'))
    const bundle = readFileSync(path.join(dir, 'agent.js'), 'utf8')
    const place = async (host: LabHost) => {
      const agent = await labAgent(host)
      await agent.run(`mkdir -p /usr/local/lib/corral && cat >${HOST_PATHS.agent}`, bundle)
      return { ...{ dir, host, agent, lower }, address: network.addressPool.first }
    }
    const [first, second] = [await place(hosts[0] as LabHost), await place(hosts[1] as LabHost)]
    const template = await first.agent.call('template-build', TEMPLATE, 'lab:template')
    return { ...first, template, other: { ...second, template } }
  } catch (error) {
    await lower()
    throw error
  }
}

export type MoveStep = 'receive' | 'disk' | 'freeze' | 'activate' | 'done'

/** One move of a VE from one host to another, its steps asked for as a saga does: each with a key that it keeps. */
export class LabMove {
  static latest: LabMove | null = null
  readonly id = randomUUID()
  readonly #from: MoveHost
  readonly #to: MoveHost
  readonly #ve: LabVe
  readonly #live: boolean
  readonly #key = newKey()
  #publicKey = ''
  #hostKeys: string[] = []
  #release = ''

  constructor(from: MoveHost, to: MoveHost, ve: LabVe, live = true) {
    this.#from = from
    this.#to = to
    this.#ve = ve
    this.#live = live
    LabMove.latest = this
  }

  get spec() {
    return { ...this.#ve.spec, epoch: this.#ve.spec.epoch + 1 }
  }
  get #named() {
    return { ...this.#ve.key, move: this.id }
  }
  get #target() {
    const { address, sshPort } = this.#to.host
    return { address, port: sshPort, hostKeys: this.#hostKeys }
  }
  get release() {
    return this.#release
  }

  look() {
    return this.#from.agent.call('move-look', this.#ve.key, newKey())
  }
  async fits() {
    const { origin, diskBytes } = await this.look()
    return (await this.#to.agent.call('move-fits', { spec: this.spec, origin, diskBytes }, newKey()))
      .obstacles
  }
  async receive(): Promise<void> {
    const { publicKey } = await this.#from.agent.call('move-offer', this.#named, `${this.#key}:offer`)
    this.#publicKey = publicKey
    const from = this.#from.host.address
    const expiresAt = 3_600_000 + this.#began
    const wish = { spec: this.spec, move: this.id, publicKey: this.#publicKey, from, expiresAt }
    this.#hostKeys = (await this.#to.agent.call('move-receive', wish, `${this.#key}:receive`)).hostKeys
  }
  readonly #began = Date.now()

  disk() {
    return this.#from.agent.call('move-disk', { ...this.#named, target: this.#target }, `${this.#key}:disk`)
  }
  async freeze() {
    const wish = { ...this.#named, target: this.#target, live: this.#live }
    const frozen = await this.#from.agent.call('move-freeze', wish, `${this.#key}:freeze`)
    this.#release = frozen.release
    return frozen
  }
  activate(start = !this.#live) {
    const wish = { spec: this.spec, move: this.id, release: this.#release, start }
    return this.#to.agent.call('move-activate', wish, `${this.#key}:activate`)
  }
  done(keep = false) {
    const wish = { ...this.#named, newEpoch: this.spec.epoch, keep }
    return this.#from.agent.call('move-done', wish, `${this.#key}:done`)
  }
  /** As far as `last`, from `first` on. */
  async go(first: MoveStep, last: MoveStep): Promise<void> {
    const steps: MoveStep[] = ['receive', 'disk', 'freeze', 'activate', 'done']
    for (const step of steps.slice(steps.indexOf(first), steps.indexOf(last) + 1)) await this[step]()
  }
  cancelThere() {
    return this.#to.agent.call('move-cancel', { ...this.#named, dropped: false }, newKey())
  }
  async giveUp(): Promise<void> {
    await this.cancelThere().catch(() => {})
    await this.cancelHere(true).catch(() => {})
  }
  cancelHere(dropped: boolean) {
    return this.#from.agent.call('move-cancel', { ...this.#named, dropped }, newKey())
  }
}

export async function statesOn({ agent }: MoveHost): Promise<ObservedVe['state'][]> {
  return (await agent.call('ve-state', {}, newKey())).ves.map(({ state }) => state)
}

/** In the VE: says each line again, with how many it has heard; writes it down, too. */
const SERVER = `use Socket; $SIG{CHLD} = 'IGNORE'; socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
bind($s, sockaddr_in(7000, INADDR_ANY)) or die; listen($s, 5);
while (1) { accept(my $c, $s) or next; next if fork(); my $n = 0; $c->autoflush(1) if $c->can('autoflush');
  while (defined(my $line = <$c>)) { $n++; open(my $f, '>>', '/root/heard'); print $f $line; close $f; syswrite($c, "$n $line") } exit }`

export async function serve(ve: LabVe): Promise<void> {
  await ve.exec(['sh', '-c', 'setsid perl -MIO::Handle -e "$0" </dev/null >/dev/null 2>&1 &', SERVER])
  await ve.shell('for i in $(seq 100); do grep -q :1B58 /proc/net/tcp && exit; sleep 0.05; done')
}

const EVERY_MS = 20

/** Says a numbered line every 20 ms, and notes what it hears. */
export class Client {
  readonly #socket: net.Socket
  readonly #timer: NodeJS.Timeout
  #said = 0
  #heard = ''
  #last = Date.now()
  longestGap = 0
  error: Error | null = null

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true).setEncoding('utf8')
    socket.on('error', (error) => {
      this.error = error
    })
    socket.on('data', (text: string) => {
      this.longestGap = Math.max(this.longestGap, Date.now() - this.#last)
      this.#last = Date.now()
      this.#heard += text
    })
    this.#timer = setInterval(() => socket.write(`${++this.#said}\n`), EVERY_MS)
  }

  static async connect(address: string): Promise<Client> {
    const socket = net.connect(7000, address)
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new Client(socket)
  }

  /** Once every line that it has said has come back, in its order, by the same program that heard the first. */
  async expectWhole(): Promise<void> {
    const upTo = this.#said + 10
    await expect
      .poll(() => this.error ?? this.#heard.split('\n').length > upTo, { timeout: 30_000, interval: 50 })
      .toBe(true)
    const lines = this.#heard.split('\n').slice(0, upTo)
    expect(lines).toEqual(Array.from({ length: upTo }, (_, at) => `${at + 1} ${at + 1}`))
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#socket.destroy()
    await delay(0)
  }
}
