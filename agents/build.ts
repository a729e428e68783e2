/**
 * Bundles the agent into one file: `tsx agents/build.ts [OUT]` (default build/agent.js).
 * Its version is the package's version and the first 12 digits of the bundle's own SHA-256.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { bundleInParts } from './bundle-parts.ts'

export type AgentBuild = { bytes: number; sha256: string; version: string }

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const PLACEHOLDER = '0.0.0+agent-version-goes-here'

/** Read on demand, each with those before it: agents/host/load-part.ts. */
const PARTS = ['watching', 'usual', 'rare'].map((name) => `agents/host/${name}-part.ts`)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  write: false,
  target: 'es2020',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
} as const satisfies BuildOptions

/** Bundles an entry of agents/host as the agent is bundled; gives the text. */
export async function bundle(options: BuildOptions): Promise<string> {
  const result = await build({ ...COMMON, ...options })
  const text = result.outputFiles?.[0]?.text
  if (text === undefined) throw new Error('esbuild wrote nothing')
  return text
}

/** As JSON, for there are line ends in it. */
const asComment = (part: string) => `//${JSON.stringify(part)}`

/** `sha256` is that of the written file; `version` what the agent calls itself. */
export async function buildAgent(outFile: string): Promise<AgentBuild> {
  const parts = await bundleInParts(ROOT, PARTS, COMMON)
  const first = await bundle({
    entryPoints: ['agents/host/main.ts'],
    format: 'esm',
    define: { __CORRAL_AGENT_VERSION__: JSON.stringify(PLACEHOLDER) },
  })
  const bundled = [first.trimEnd(), ...parts.map(asComment), ''].join('\n')
  const { version: release } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string
  }
  const version = `${release}+${sha256(bundled).slice(0, 12)}`
  const text = bundled.replaceAll(PLACEHOLDER, version)
  mkdirSync(dirname(outFile), { recursive: true })
  writeFileSync(outFile, text)
  return { bytes: Buffer.byteLength(text), sha256: sha256(text), version }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outFile = process.argv[2] ?? join(ROOT, 'build', 'agent.js')
  const { bytes, sha256: digest, version } = await buildAgent(outFile)
  console.log(`${outFile}: ${version}, ${bytes} bytes, sha256 ${digest}`)
}
