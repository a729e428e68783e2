import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { emptyOutcome, OUTCOME_FILE, type Outcome } from './outcome.ts'

const VITEST = 'node_modules/vitest/vitest.mjs'
const PLAYWRIGHT = 'node_modules/@playwright/test/cli.js'
const KILL_AFTER_MS = 10_000

export type Runner = {
  name: string
  /** Arguments to node, in the checkout. */
  argv: string[]
  env?: Record<string, string>
  /** A runner that hangs is stopped, and counts as failed. */
  timeoutMinutes: number
  /** The runner is one test by itself: its exit code is the result. */
  single?: boolean
}

/** What `npm run check` does: each one counts as a test. */
export const CHECKS: Runner[] = [
  { name: 'types', argv: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint and format', argv: ['node_modules/@biomejs/biome/bin/biome', 'check'] },
  { name: 'schema', argv: ['node_modules/prisma/build/index.js', 'validate'] },
].map((check) => ({ ...check, timeoutMinutes: 5, single: true }))

export const vitest = (
  name: string,
  args: string[],
  env: Record<string, string> = {},
  timeoutMinutes = 10,
) => ({
  name,
  argv: [VITEST, 'run', '--reporter=default', '--reporter=./lib/cli/testing/vitest-reporter.ts', ...args],
  env,
  timeoutMinutes,
})

export const playwright = (project: string, timeoutMinutes: number): Runner => ({
  name: `browser, ${project}`,
  argv: [
    PLAYWRIGHT,
    'test',
    '--reporter=list,./lib/cli/testing/playwright-reporter.ts',
    `--project=${project}`,
  ],
  env: { CORRAL_TEST_TIER: project },
  timeoutMinutes,
})

/** Runs one to its end, printing what it prints. A runner that dies without a word counts as one failed test. */
export async function run(checkout: string, runner: Runner): Promise<Outcome> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-outcome-'))
  const file = path.join(dir, 'outcome.json')
  try {
    const ended = await runToEnd(checkout, runner, file)
    if (runner.single) return singleOutcome(runner.name, ended)
    const outcome: Outcome = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : emptyOutcome()
    if (ended !== undefined && outcome.failed.length === 0) {
      outcome.failed.push({ name: runner.name, reason: `the runner ended with ${ended}` })
    }
    return outcome
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function singleOutcome(name: string, ended: string | undefined): Outcome {
  if (ended === undefined) return { ...emptyOutcome(), passed: [name] }
  return { ...emptyOutcome(), failed: [{ name, reason: `it ended with ${ended}, see above` }] }
}

/** Undefined when it ended well. */
function runToEnd(checkout: string, runner: Runner, outcomeFile: string): Promise<string | undefined> {
  const child = spawn(process.execPath, runner.argv, {
    cwd: checkout,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...runner.env, [OUTCOME_FILE]: outcomeFile },
  })
  const limit = runner.timeoutMinutes * 60_000
  let late = false
  const interrupt = setTimeout(() => {
    late = true
    child.kill('SIGINT')
  }, limit)
  const kill = setTimeout(() => child.kill('SIGKILL'), limit + KILL_AFTER_MS)
  return new Promise((resolve) => {
    const settle = (ended: string | undefined) => {
      clearTimeout(interrupt)
      clearTimeout(kill)
      resolve(late ? `no end within ${runner.timeoutMinutes.toFixed(0)} minutes` : ended)
    }
    child.once('error', (error) => settle(error.message))
    child.once('close', (code, signal) => settle(code === 0 ? undefined : (signal ?? `exit code ${code}`)))
  })
}
