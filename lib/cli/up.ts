import { once } from 'node:events'
import path from 'node:path'
import pg from 'pg'
import { signalProcess } from '../setup/process-identity.ts'
import { type AdminFile, adminFilePath, ensureAdmin } from './admin-file.ts'
import { buildBundles, buildClient, buildPanel } from './builds/build.ts'
import { cleanUp } from './clean-up.ts'
import { ensureDatabase } from './database.ts'
import {
  makeSimulatedFleet,
  planFleet,
  raiseRealFleet,
  raisesLab,
  simulatedNotice,
} from './fleet/first-run.ts'
import { PanelApi, PanelRefusal } from './fleet/panel-api.ts'
import { parseUpOptions, type UpOptions } from './options.ts'
import { startPanelProcesses, waitUntilHealthy } from './panel-processes.ts'
import { checkDataDir, checkPort } from './preflight.ts'
import { sayProblem } from './problems.ts'
import { claimDataDir, findRunning, type RunRecord, readRunRecord } from './run-record.ts'
import { ensureSecret } from './secret-file.ts'
import type { Supervised } from './supervised.ts'
import { Progress } from './terminal/progress.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
const CHILD_GRACE_MS = 10_000

/** What a run has and has started so far. */
type Run = {
  options: UpOptions
  url: string
  record: RunRecord
  progress: Progress
  signal: AbortSignal
  children: Supervised[]
  pool?: pg.Pool
}

async function main(): Promise<number> {
  const options = parseUpOptions(process.argv.slice(2))
  if (!options) return 0
  const { dataDir } = options
  const url = `http://${urlHost(options.listen)}:${options.port}`
  const running = findRunning(dataDir)
  if (running) return sayRunning(running, dataDir)
  checkDataDir(dataDir, raisesLab(options))
  const left = readRunRecord(dataDir)
  const claim = claimDataDir(dataDir, url)
  if ('running' in claim) return sayRunning(claim.running, dataDir)
  return supervise({ options, url, record: claim.record }, left)
}

/** Everything from here on is undone at the end, however it ends. */
async function supervise(start: Pick<Run, 'options' | 'url' | 'record'>, left: RunRecord | undefined) {
  const { dataDir } = start.options
  const abort = new AbortController()
  const progress = new Progress()
  const run: Run = { ...start, progress, signal: abort.signal, children: [] }
  stopOnSignals(abort, run)
  try {
    await clearLeftovers(run, left)
    await checkPort(start.options.port, start.options.listen)
    const admin = await startPanel(run)
    await fillFleet(run, admin)
    sayReady(run, admin)
    if (!run.signal.aborted) await once(run.signal, 'abort')
    return 0
  } catch (error) {
    if (!run.signal.aborted) {
      progress.close()
      sayProblem(error, dataDir)
      return 1
    }
    return 0
  } finally {
    const asked = run.signal.aborted
    abort.abort()
    await stop(run)
    if (asked) console.log('  Stopped.')
  }
}

async function clearLeftovers({ options, progress }: Run, left: RunRecord | undefined) {
  const stopped = await cleanUp(options.dataDir, left, CHILD_GRACE_MS)
  if (stopped.length > 0)
    progress.say(`  Stopped what a run that was killed had left: ${stopped.join(', ')}.`)
}

/** From nothing to a panel that answers. */
async function startPanel(run: Run): Promise<AdminFile> {
  const { options, progress, signal, url } = run
  const { dataDir } = options
  progress.say(`Corral ${options.dev ? 'for development ' : ''}in ${dataDir}`)
  planFleet(progress, options)
  const client = makeClient(run)
  const database = prepareDatabase(run)
  const [env, first] = await Promise.all([
    database,
    Promise.all([database, client]).then(([env]) => makeAdmin(run, env)),
    client.then(() => buildAll(run)),
  ])
  signal.throwIfAborted()
  const panel = { checkout: CHECKOUT, options, env, record: run.record, progress }
  run.children = startPanelProcesses(panel)
  await progress.step(
    'panel',
    'Panel',
    () => waitUntilHealthy(url, dataDir, signal),
    () => `${url} answers`,
  )
  const doubt = !(await tokenWorks(first, signal))
  const admin = doubt ? await ensureAdmin({ checkout: CHECKOUT, dataDir, url, env, doubt }) : first
  progress.say(`\n  ${url}\n  Sign in as ${admin.email}; the password is in ${adminFilePath(dataDir)}\n`)
  return admin
}

const sayBuilt = (built: boolean) => (built ? 'built' : 'up to date')

/** What the pages, the worker and the making of the first administrator all import. */
function makeClient({ progress, signal }: Run) {
  const build = { checkout: CHECKOUT, signal, report: () => {} }
  return progress.step('client', 'Database client', () => buildClient(build), sayBuilt)
}

function makeAdmin({ options, progress, url }: Run, env: NodeJS.ProcessEnv) {
  const make = () => ensureAdmin({ checkout: CHECKOUT, dataDir: options.dataDir, url, env })
  return progress.step('admin', 'First administrator', make, ({ email }) => email)
}

async function prepareDatabase(run: Run): Promise<NodeJS.ProcessEnv> {
  const { dataDir } = run.options
  const databaseUrl = await ensureDatabase(CHECKOUT, dataDir, run.progress)
  run.pool = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  run.pool.on('error', () => {}) // the server was stopped under it: `down`, or the end of this run
  run.progress.attach(run.pool)
  return {
    ...process.env,
    NODE_ENV: run.options.dev ? 'development' : 'production',
    DATABASE_URL: databaseUrl,
    CORRAL_URL: run.url,
    CORRAL_SECRET: ensureSecret(dataDir, 'session-secret'),
  }
}

async function buildAll({ options, progress, signal }: Run) {
  const report = (detail: string) => progress.running('build', 'Build', detail)
  const build = { checkout: CHECKOUT, signal, report }
  const all = async () => {
    const bundles = await buildBundles(build)
    const panel = options.dev ? false : await buildPanel(build)
    return bundles || panel
  }
  await progress.step('build', 'Build', all, sayBuilt)
}

async function tokenWorks(admin: AdminFile, signal: AbortSignal): Promise<boolean> {
  const probe = new PanelApi(admin.url, admin.apiToken, signal).get('/hosts?limit=1')
  return probe.then(
    () => true,
    (error) => !(error instanceof PanelRefusal && error.status === 401),
  )
}

/** The panel is there already: what goes wrong here is said, on the first-run page too, and the panel goes on. */
async function fillFleet({ options, progress, signal, url }: Run, admin: AdminFile) {
  const { dataDir, labHosts } = options
  if (labHosts === 0) return
  const fleet = { api: new PanelApi(url, admin.apiToken, signal), progress }
  try {
    if (raisesLab(options)) await raiseRealFleet(fleet, dataDir, labHosts, signal)
    else {
      progress.say(simulatedNotice())
      await makeSimulatedFleet(fleet, labHosts)
    }
  } catch (error) {
    if (signal.aborted) throw error
    sayProblem(error, dataDir)
    progress.say('  The panel goes on without it. To try again: npm run down, then npm run up.')
  }
}

function sayReady({ progress, url }: Run, admin: AdminFile) {
  progress.say(`\n  Corral is ready at ${url} (${admin.email}). Ctrl-C, or npm run down, stops everything.`)
}

function sayRunning(running: RunRecord, dataDir: string): number {
  console.log(
    `Corral is running already at ${running.url} (${adminFilePath(dataDir)}). npm run down stops it.`,
  )
  return 0
}

/** The first signal asks everything to stop, the second one insists. */
function stopOnSignals(abort: AbortController, run: Run) {
  const onSignal = () => {
    if (abort.signal.aborted) {
      for (const identity of Object.values(run.record.children)) signalProcess(identity, 'SIGKILL')
      return
    }
    run.progress.say('\n  Stopping …')
    abort.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
}

async function stop({ options, record, progress, children, pool }: Run) {
  await progress.detach()
  progress.close()
  await pool?.end()
  await Promise.all(children.map((child) => child.stop(CHILD_GRACE_MS)))
  await cleanUp(options.dataDir, record, CHILD_GRACE_MS)
}

function urlHost(listen: string): string {
  if (listen === '0.0.0.0' || listen === '::') return '127.0.0.1'
  return listen.includes(':') ? `[${listen}]` : listen
}

try {
  process.exit(await main())
} catch (error) {
  sayProblem(error, '.corral')
  process.exit(1)
}
