import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runPrisma } from '../../db/migrate.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../../setup/process-identity.ts'
import { diskFullProblem, SetupProblem, saysDiskFull } from '../../setup/setup-problem.ts'
import { digestOf } from './sources-digest.ts'

export const WEB_BUNDLE = 'build/server.mjs'
export const WORKER_BUNDLE = 'build/worker.mjs'

const CLIENT_SOURCES = ['package-lock.json', 'prisma', 'prisma.config.ts']
const BUNDLE_SOURCES = ['package-lock.json', 'tsconfig.json', 'lib', 'agents']
const PANEL_SOURCES = [...BUNDLE_SOURCES, 'app', 'public', 'next.config.ts', 'postcss.config.mjs', 'proxy.ts']

type Part = 'client' | 'bundles' | 'panel'
type BuildOptions = { checkout: string; report: (detail: string) => void; signal?: AbortSignal }

/** The Prisma client that everything else imports. Nothing happens if the schema is as it was. */
export const buildClient = (options: BuildOptions) =>
  whenChanged(options, 'client', CLIENT_SOURCES, 'lib/db/generated/client.ts', async () => {
    const { code, output } = await runPrisma(options.checkout, ['generate'])
    if (code !== 0) throw buildProblem(options.checkout, 'prisma generate', output)
  })

/** The web process, the worker and the agent, each in one file. */
export const buildBundles = (options: BuildOptions) =>
  whenChanged(options, 'bundles', BUNDLE_SOURCES, WORKER_BUNDLE, async () => {
    options.report('worker and agent')
    await runNode(options, ['--import', 'tsx', 'lib/cli/builds/bundle.ts'])
  })

/** The pages. */
export const buildPanel = (options: BuildOptions) =>
  whenChanged(options, 'panel', PANEL_SOURCES, '.next/BUILD_ID', async () => {
    options.report('pages')
    await runNode(options, ['node_modules/next/dist/bin/next', 'build'])
  })

/** Builds unless `product` is there and made from the same sources; one process at a time. True if it built. */
async function whenChanged(
  { checkout, report }: BuildOptions,
  part: Part,
  sources: string[],
  product: string,
  build: () => Promise<void>,
): Promise<boolean> {
  const release = await lock(path.join(checkout, `build/.${part}.lock`), report)
  try {
    const stamp = path.join(checkout, `build/.${part}.digest`)
    const digest = digestOf(checkout, sources)
    const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
    if (built === digest && existsSync(path.join(checkout, product))) return false
    rmSync(stamp, { force: true })
    await build()
    writeFileSync(stamp, digest)
    return true
  } finally {
    release()
  }
}

async function lock(file: string, report: (detail: string) => void): Promise<() => void> {
  mkdirSync(path.dirname(file), { recursive: true })
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(identityOf(process.pid)), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = lockHolder(file)
    if (!holder || !isAlive(holder)) rmSync(file, { force: true })
    else {
      report(`process ${holder.pid} is building, waiting for it`)
      await sleep(200)
    }
  }
}

function lockHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
  } catch {
    return undefined
  }
}

async function runNode({ checkout, signal }: BuildOptions, argv: string[]) {
  const child = spawn(process.execPath, argv, {
    cwd: checkout,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw buildProblem(checkout, argv.join(' '), output)
}

function buildProblem(checkout: string, command: string, output: string): Error {
  if (saysDiskFull(output)) return diskFullProblem(checkout)
  const file = path.join(checkout, 'build/failed.log')
  writeFileSync(file, output)
  return new SetupProblem(
    `The build failed in "${command}": ${lastLine(output)}`,
    `Its whole output is in ${file}. A clean checkout builds: git status shows what differs.`,
  )
}

const lastLine = (output: string) => output.trim().split('\n').at(-1)?.trim() ?? 'it said nothing'
