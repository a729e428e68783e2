import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import path from 'node:path'
import { identityOf, type ProcessIdentity, stopProcess } from '../setup/process-identity.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** One that ran this long was well: its next crash starts with the short pause again. */
const WELL_AFTER_MS = 60_000
const LOG_LIMIT_BYTES = 20 * 1024 ** 2

export type SupervisedOptions = {
  argv: string[]
  cwd: string
  env: NodeJS.ProcessEnv
  logFile: string
  /** Told of each process that is started, so that it can be stopped from outside too. */
  started: (process: ProcessIdentity) => void
  /** Told of each one that ended without having been asked to. */
  crashed: (how: string, pauseMs: number) => void
}

/** Keeps one Node process running: a crashed one is started again, after a pause that doubles. */
export class Supervised {
  readonly #options: SupervisedOptions
  #child: ChildProcess | undefined
  #stopping = false
  #pauseMs = FIRST_PAUSE_MS
  #restart: NodeJS.Timeout | undefined

  constructor(options: SupervisedOptions) {
    this.#options = options
    this.#start()
  }

  /** Two stages: SIGTERM, and SIGKILL after graceMs. */
  async stop(graceMs: number) {
    this.#stopping = true
    clearTimeout(this.#restart)
    const identity = this.#child?.pid === undefined ? undefined : identityOf(this.#child.pid)
    if (identity) await stopProcess(identity, { graceMs })
  }

  #start() {
    const { argv, cwd, env, logFile } = this.#options
    const log = openLog(logFile)
    // In a session of its own: Ctrl-C in the terminal is for us, and we stop it in the right order.
    const child = spawn(process.execPath, argv, { cwd, env, detached: true, stdio: ['ignore', log, log] })
    closeSync(log)
    this.#child = child
    const startedAt = Date.now()
    const identity = child.pid === undefined ? undefined : identityOf(child.pid)
    if (identity) this.#options.started(identity)
    child.once('error', (error) => this.#ended(error.message, startedAt))
    child.once('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`, startedAt))
  }

  #ended(how: string, startedAt: number) {
    this.#child = undefined
    if (this.#stopping) return
    if (Date.now() - startedAt >= WELL_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS
    this.#options.crashed(how, this.#pauseMs)
    this.#restart = setTimeout(() => this.#start(), this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
  }
}

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true })
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}
