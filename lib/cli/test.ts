import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { buildClient } from './builds/build.ts'
import { ensureChromium } from './testing/chromium.ts'
import { emptyOutcome, missingRequired, type Outcome } from './testing/outcome.ts'
import { report } from './testing/report.ts'
import { CHECKS, playwright, type Runner, run, vitest } from './testing/runners.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')
/** Tests and files of tests, by the names that `npm test` prints, that CI must not skip; of those on machine hosts it runs these. */
const REQUIRED_FILE = path.join(CHECKOUT, '.ci/required-tests.json')
const REQUIRED: string[] = existsSync(REQUIRED_FILE) ? JSON.parse(readFileSync(REQUIRED_FILE, 'utf8')) : []

/** In all. A runner gets what is left of it at most, so that there is always a summary. */
const LIMIT_MINUTES = 56

type Tier = { runner: Runner; skip?: string }

/**
 * `npm test`: types, lint, unit, simulated end-to-end in a real browser, and as root on Linux the lab hosts; in CI the core of the
 * tests on machine hosts too. `npm run test:machines` (`--machines`): those alone.
 */
async function main(): Promise<number> {
  const outcomes: [string, Outcome][] = []
  const end = Date.now() + LIMIT_MINUTES * 60_000
  await buildClient({ checkout: CHECKOUT, report: () => {} })
  const only = process.argv.includes('--machines')
  for (const round of only ? [[machines()]] : rounds())
    outcomes.push(...(await Promise.all(round.map((tier) => runTier(tier, end)))))
  if (process.env.CI && !only)
    outcomes.push(['required', requiredOutcome(outcomes.map(([, outcome]) => outcome))])
  return report(outcomes)
}

async function runTier({ runner, skip }: Tier, end: number): Promise<[string, Outcome]> {
  console.log(`\n— ${runner.name}${skip ? `: skipped, ${skip}` : ''}`)
  if (skip) return [runner.name, skipped(runner.name, skip)]
  const timeoutMinutes = Math.min(runner.timeoutMinutes, Math.max(0, (end - Date.now()) / 60_000))
  return [runner.name, await run(CHECKOUT, { ...runner, timeoutMinutes })]
}

/** One after the other; those of one round at the same time: a machine host is one busy core. */
function rounds(): Tier[][] {
  const chromium = ensureChromium()
  const noBrowser = chromium === true ? undefined : chromium
  const noLab =
    process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'lab hosts need root on Linux'
  return [
    ...CHECKS.map((runner) => [{ runner }]),
    [{ runner: vitest('unit', [], {}, 15) }],
    [{ runner: vitest('lab hosts', [], { CORRAL_TEST_TIER: 'host' }, 32), skip: noLab }],
    [{ runner: playwright('simulated', 20), skip: noBrowser }],
    [
      { runner: playwright('lab', 25), skip: noLab ?? noBrowser },
      ...(process.env.CI ? [machines(REQUIRED.filter((name) => name.endsWith('.machine.test.ts')))] : []),
    ],
  ]
}

/** QEMU hosts, by software emulation: minutes each. `files`: not all. */
function machines(files: string[] = []): Tier {
  const able = process.platform === 'linux' && process.arch === 'x64' && process.getuid?.() === 0
  return {
    runner: vitest('machine hosts', files, { CORRAL_TEST_TIER: 'machine' }, 25),
    skip: able ? undefined : 'machine hosts need root on Linux on x86-64',
  }
}

const skipped = (name: string, reason: string): Outcome => ({
  ...emptyOutcome(),
  skipped: [{ name, reason }],
})

function requiredOutcome(outcomes: Outcome[]): Outcome {
  return { ...emptyOutcome(), failed: missingRequired(REQUIRED, outcomes) }
}

process.exitCode = await main()
