import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { BENCHES } from '../bench/benches.ts'
import { type EngineHost, raiseEngineHost } from '../bench/engine-host.ts'
import { type EnginePair, raiseEnginePair } from '../bench/engine-pair.ts'
import { FIGURE_NAMES, type Figure, type FigureName, median, type Stage } from '../bench/figure.ts'
import { type BenchPanel, raiseBenchPanel } from '../bench/panel.ts'

/**
 * npm run bench -- [--only a,b] [--json FILE]
 *
 * Every figure stands beside its peer or its limit, measured in the same run. What cannot be measured here is left out with
 * a line saying why. Exit status 1 when a figure that was asked for could not be measured.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } })

const say = (line: string) => process.stderr.write(`  ${line}\n`)
const wanted = new Set<string>(values.only?.split(',') ?? FIGURE_NAMES)
const unknown = [...wanted].filter((name) => !(FIGURE_NAMES as readonly string[]).includes(name))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no figure named ${unknown.join(', ')}.\nThere are: ${FIGURE_NAMES.join(', ')}.\n`,
  )
  process.exit(1)
}

const dataDir = mkdtempSync('/var/tmp/corral-bench-')
let raisedPanel: Promise<BenchPanel> | undefined
let raisedHost: Promise<EngineHost> | undefined
let raisedPair: Promise<EnginePair> | undefined
const stage: Stage = {
  panel: () => {
    raisedPanel ??= raiseBenchPanel(path.join(dataDir, 'data'), say)
    return raisedPanel
  },
  engine: () => {
    raisedHost ??= raiseEngineHost(say)
    return raisedHost
  },
  pair: () => {
    raisedPair ??= raiseEnginePair(say)
    return raisedPair
  },
  say,
}

let takenDown: Promise<void> | undefined
/** Once, whoever asks: the end of the run, or a signal. */
function takeDown(): Promise<void> {
  takenDown ??= (async () => {
    await raisedPanel?.then((up) => up.close()).catch((error) => say(String(error)))
    await raisedHost?.then((up) => up.lower()).catch((error) => say(String(error)))
    await raisedPair?.then((up) => up.lower()).catch((error) => say(String(error)))
    rmSync(dataDir, { recursive: true, force: true })
  })()
  return takenDown
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    say('taking down what was raised')
    takeDown().finally(() => process.exit(130))
  })

const figures: Figure[] = []
const missing: string[] = []
try {
  for (const bench of BENCHES) {
    const names = bench.names.filter((name) => wanted.has(name))
    if (names.length === 0) continue
    if (bench.needsRoot && process.getuid?.() !== 0) {
      leaveOut(names, 'needs root on Linux, for a lab host')
      continue
    }
    try {
      const measured = await bench.measure(stage)
      for (const name of names) {
        const one = measured[name]
        if (one) figures.push({ name, value: median(one.runs), ...one })
        else leaveOut([name], 'its benchmark gave no measurement')
      }
    } catch (error) {
      leaveOut(names, error instanceof Error ? error.message : String(error))
    }
  }
} finally {
  await takeDown()
}

function leaveOut(names: readonly FigureName[], reason: string): void {
  for (const name of names) missing.push(`${name}: left out: ${reason}`)
}

for (const { name, value, unit, runs, note } of figures) {
  const spread = `${Math.min(...runs).toFixed(2)}–${Math.max(...runs).toFixed(2)} over ${runs.length}`
  console.log(`${name.padEnd(24)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(6)} (${spread}) ${note}`)
}
for (const line of missing) console.log(line)
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
process.exit(missing.length > 0 ? 1 : 0)
