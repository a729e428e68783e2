import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { run } from '../../lib/lab/command.ts'
import { expect } from '../fixtures.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')

export type Account = { uid: number; gid: number; home: string; name: string }
export type Ended = { code: number | null; output: string }

/** A fresh clone of what is committed here, belonging to `account` (root when none is given). */
export async function cloneCheckout(account?: Account): Promise<string> {
  const dir = mkdtempSync('/var/tmp/corral-clone-')
  chmodSync(dir, 0o755)
  const clone = path.join(dir, 'corral')
  await run(['git', 'clone', '--quiet', '--no-hardlinks', CHECKOUT, clone])
  if (account) await run(['chown', '--recursive', `${account.uid}:${account.gid}`, dir])
  return clone
}

export const removeCheckout = (clone: string) => rmSync(path.dirname(clone), { recursive: true, force: true })

/** Programs that run in the clone, or were started with a path in it. */
export function processesIn(clone: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const inside = readlinkSync(`/proc/${pid}/cwd`).startsWith(clone) || commandLine.includes(`${clone}/`)
      return inside ? [commandLine] : []
    } catch {
      return [] // it has gone, or is a thread of the kernel
    }
  })
}

/** An npm script in a clone, with what it says. */
export class Script {
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  output = ''

  constructor(clone: string, words: string[], account?: Account) {
    const { PATH = '/usr/bin:/bin', HOME = '/root' } = process.env
    // Nothing of ours: it is to work from a login as everyone has it.
    const login = { PATH, LC_ALL: 'C.UTF-8', HOME: account?.home ?? HOME, USER: account?.name ?? 'root' }
    const env = login as unknown as NodeJS.ProcessEnv
    const identity = account ? { uid: account.uid, gid: account.gid } : {}
    // A group of its own, as a terminal gives it: Ctrl-C then reaches all of it, and none of us.
    this.#child = spawn('npm', ['run', ...words], { cwd: clone, env, detached: true, ...identity })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code) => resolve({ code, output: this.output }))
    })
  }

  /** Waits until it has said this; fails with all it said when it ends before. */
  async says(text: RegExp, timeout: number): Promise<void> {
    const over = this.ended.then(({ code, output }) => {
      if (!text.test(output)) throw new Error(`It ended with ${code} and said:\n${output}`)
    })
    const said = expect.poll(() => this.output, { timeout, intervals: [100] }).toMatch(text)
    await Promise.race([said, over])
    said.catch(() => {})
  }

  pressCtrlC(): void {
    if (this.#child.pid !== undefined && this.#child.exitCode === null)
      process.kill(-this.#child.pid, 'SIGINT')
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
