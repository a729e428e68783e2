import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { GuestEntry, GuestTree } from './guest-tree.ts'

/** A directory of the checkout as a guest's tree; ".keep" only keeps a directory that is empty otherwise. For tests. */
export function fixtureTree(folder: string): GuestTree {
  const tree = new Map<string, GuestEntry>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file)
    if (entry.isDirectory()) tree.set(name, { kind: 'directory' })
    else if (entry.name !== '.keep') tree.set(name, { kind: 'file', text: readFileSync(file, 'utf8') })
  }
  return tree
}
