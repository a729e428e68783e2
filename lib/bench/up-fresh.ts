import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Bench } from './figure.ts'
import { bringUp, CHECKOUT } from './panel.ts'

const RUNS = 3

/** `npm run up` in a fresh clone (no node_modules, no build, no database) until the panel answers. The npm cache is warm. */
export const upFresh: Bench = {
  names: ['up-fresh-s'],
  needsRoot: false,
  async measure({ say }) {
    const runs: number[] = []
    for (let run = 1; run <= RUNS; run += 1) {
      say(`npm run up in a fresh clone, ${run} of ${RUNS}`)
      runs.push(await timeOnce())
    }
    return {
      'up-fresh-s': {
        unit: 's',
        runs,
        note: 'dependencies, PostgreSQL, migrations, build, start; limit 90 s',
      },
    }
  },
}

async function timeOnce(): Promise<number> {
  const place = mkdtempSync(path.join(tmpdir(), 'corral-fresh-'))
  try {
    const checkout = path.join(place, 'corral')
    execFileSync('git', ['clone', '--quiet', CHECKOUT, checkout])
    const began = performance.now()
    const { down } = await bringUp(checkout, path.join(place, 'data'), ['--no-lab'])
    const seconds = (performance.now() - began) / 1000
    await down()
    return Math.round(seconds * 10) / 10
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
