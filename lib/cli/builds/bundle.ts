import path from 'node:path'
import { build } from 'esbuild'
import { buildAgent } from '../../../agents/build.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../../..')

/** A process of ours in one file. Packages stay outside: Next and pg load parts of themselves at run time. */
const bundle = (entry: string, outfile: string) =>
  build({
    absWorkingDir: CHECKOUT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  })

await Promise.all([
  bundle('lib/cli/server.ts', 'build/server.mjs'),
  bundle('lib/worker/main.ts', 'build/worker.mjs'),
  buildAgent(path.join(CHECKOUT, 'build/agent.js')),
])
