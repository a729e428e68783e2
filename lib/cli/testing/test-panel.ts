import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../../lab/tcp.ts'
import type { AdminFile } from '../admin-file.ts'
import { adminFilePath } from '../admin-file.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../../..')
const START_TIMEOUT_MS = 400_000
const LAST_WORDS_BYTES = 4_000

export type TestPanel = { admin: AdminFile; dataDir: string; stop: () => Promise<void> }

/**
 * A panel of a test's own, brought up by `npm run up`'s own program in a new data directory, with the given options
 * (such as `--no-lab`). Resolves when it says that it is ready, rejects with what it said otherwise.
 */
export async function startTestPanel(options: string[], dataDir = newDataDir()): Promise<TestPanel> {
  const port = await freePort()
  const argv = ['lib/cli/up.mjs', '--data', dataDir, '--port', String(port), ...options]
  const child = spawn(process.execPath, argv, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = async () => {
    await endOf(child)
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    await ready(child)
  } catch (error) {
    await stop()
    throw error
  }
  return { admin: JSON.parse(readFileSync(adminFilePath(dataDir), 'utf8')) as AdminFile, dataDir, stop }
}

/** Not in /tmp, which may be in memory: a lab's disks go there too. */
function newDataDir() {
  const dir = mkdtempSync('/var/tmp/corral-test-')
  chmodSync(dir, 0o711) // PostgreSQL's account has to pass
  return dir
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(
      () => reject(new Error(`The panel was not ready in time:\n${said}`)),
      START_TIMEOUT_MS,
    )
    const listen = (chunk: string) => {
      said += chunk
      if (said.includes('Corral is ready')) {
        clearTimeout(late)
        resolve()
      }
      tellCrash(chunk)
    }
    child.stdout?.setEncoding('utf8').on('data', listen)
    child.stderr?.setEncoding('utf8').on('data', listen)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`The panel ended with ${code}:\n${said}`))
    })
  })
}

/** A panel that falls and gets up again in the middle of a test shows there as something else. */
function tellCrash(said: string): void {
  const log = /process ended .* Its log: (\S+)/.exec(said)?.[1]
  if (log !== undefined)
    console.error(`${said.trim()}\n${readFileSync(log, 'utf8').slice(-LAST_WORDS_BYTES)}`)
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
