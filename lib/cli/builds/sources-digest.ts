import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

const isTest = (name: string) => /\.(test|e2e)\.tsx?$/.test(name)

/** A digest of files and folders in the checkout, names and contents; tests do not count. What is missing is skipped. */
export function digestOf(checkout: string, entries: string[]): string {
  const hash = createHash('sha256')
  for (const entry of entries) addTo(hash, checkout, entry)
  return hash.digest('hex')
}

function addTo(hash: ReturnType<typeof createHash>, checkout: string, entry: string) {
  const file = path.join(checkout, entry)
  if (!existsSync(file)) return
  if (!statSync(file).isDirectory()) {
    hash.update(`${entry}\0`).update(readFileSync(file)).update('\0')
    return
  }
  for (const name of readdirSync(file).sort()) {
    if (!isTest(name)) addTo(hash, checkout, path.join(entry, name))
  }
}
