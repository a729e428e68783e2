import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Path from the root, with slashes → text. */
export type Sources = ReadonlyMap<string, string>

const FOLDERS = ['app', 'lib', 'agents', 'prisma', 'e2e', 'public']
/** Made by machines, not read by people. */
const GENERATED = /^(lib\/db\/generated|agents\/dist)\//

/** Every file of the project's own folders; text only of those that are code or styles. */
export function readSources(root: string): Sources {
  const sources = new Map<string, string>()
  for (const folder of FOLDERS) {
    const found = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    for (const entry of found) {
      if (!entry.isFile()) continue
      const full = path.join(entry.parentPath, entry.name)
      const name = path.relative(root, full).split(path.sep).join('/')
      if (GENERATED.test(name) || name.includes('node_modules/')) continue
      sources.set(name, /\.(tsx?|mjs|css|sh)$/.test(name) ? readFileSync(full, 'utf8') : '')
    }
  }
  return sources
}

export const isCode = (name: string) => /\.(tsx?|mjs)$/.test(name)
/** Tests, and what only tests use. */
export const isTest = (name: string) =>
  /\.test\.tsx?$|(^|\/)test-[^/]+\.ts$/.test(name) || name.startsWith('e2e/')
