import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupProblem } from '../setup/setup-problem.ts'
import { WEB_BUNDLE, WORKER_BUNDLE } from './builds/build.ts'
import type { UpOptions } from './options.ts'
import { type RunRecord, writeRunRecord } from './run-record.ts'
import { Supervised } from './supervised.ts'
import type { Progress } from './terminal/progress.ts'

const HEALTHY_WITHIN_MS = 60_000
const POLL_MS = 50

type PanelOptions = {
  checkout: string
  options: UpOptions
  env: NodeJS.ProcessEnv
  record: RunRecord
  progress: Progress
}

/** Bundles as built, or in development the sources, watched. Memory is bounded: a panel is to run beside its VEs. */
const ARGV = {
  web: ['--max-old-space-size=224', '--max-semi-space-size=2', WEB_BUNDLE],
  worker: ['--max-old-space-size=96', '--max-semi-space-size=2', '--enable-source-maps', WORKER_BUNDLE],
}
/** glibc keeps a heap per thread otherwise: measured 70 MB more for web after a few hundred pages. */
const LEAN = { MALLOC_ARENA_MAX: '1' }
const DEV_ARGV = {
  web: ['--import', 'tsx', 'lib/cli/server.ts'],
  worker: ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false', 'lib/worker/main.ts'],
}

/** Only the worker is told the data directory: what is in there opens hosts. */
export function startPanelProcesses(panel: PanelOptions): Supervised[] {
  const { port, listen, dataDir } = panel.options
  const web = { PORT: String(port), CORRAL_LISTEN: listen }
  return [supervise(panel, 'web', web), supervise(panel, 'worker', { CORRAL_DATA: dataDir })]
}

function supervise(panel: PanelOptions, name: 'web' | 'worker', env: Record<string, string>): Supervised {
  const { checkout, options, record, progress } = panel
  const logFile = logFileOf(options.dataDir, name)
  return new Supervised({
    argv: (options.dev ? DEV_ARGV : ARGV)[name],
    cwd: checkout,
    env: { ...panel.env, ...LEAN, ...env },
    logFile,
    started: (identity) => {
      record.children[name] = identity
      writeRunRecord(options.dataDir, record)
    },
    crashed: (how, pauseMs) =>
      progress.say(
        `  ! The ${name} process ended (${how}); it starts again in ${pauseMs / 1000} s. Its log: ${logFile}`,
      ),
  })
}

const logFileOf = (dataDir: string, name: string) => path.join(dataDir, 'log', `${name}.log`)

export async function waitUntilHealthy(url: string, dataDir: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + HEALTHY_WITHIN_MS
  while (Date.now() < deadline) {
    const health = await fetch(`${url}/api/health`, { signal }).catch(() => undefined)
    signal.throwIfAborted()
    if (health?.ok) return
    await sleep(POLL_MS, undefined, { signal })
  }
  throw new SetupProblem(
    `The panel did not answer at ${url} within ${HEALTHY_WITHIN_MS / 1000} seconds.`,
    `Its log says why: ${logFileOf(dataDir, 'web')}`,
  )
}
