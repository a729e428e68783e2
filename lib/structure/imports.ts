import path from 'node:path'
import { isCode, type Sources } from './sources.ts'

/** What a file imports: a file of ours (path from the root) or a package. `typeOnly` is gone when the program runs. */
export type Import = { target: string; typeOnly: boolean }
export type ImportGraph = ReadonlyMap<string, Import[]>

const STATEMENT = /^\s*(?:import|export)\b(?:\s+(type)\b(?!\s*from\b))?[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm
const SIDE_EFFECT = /^\s*import\s*['"]([^'"]+)['"]/gm
const CALL = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g

export function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: { specifier: string; typeOnly: boolean }[] = []
  for (const [, type, specifier = ''] of code.matchAll(STATEMENT))
    found.push({ specifier, typeOnly: type === 'type' })
  for (const pattern of [SIDE_EFFECT, CALL])
    for (const [, specifier = ''] of code.matchAll(pattern)) found.push({ specifier, typeOnly: false })
  return found
}

/** `@/x` and relative specifiers as paths from the root; packages by their name, without what follows it. */
export function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith('@/')) return specifier.slice(2)
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(from), specifier)
  return specifier
}

export function importGraph(sources: Sources): ImportGraph {
  const graph = new Map<string, Import[]>()
  for (const [name, text] of sources) {
    if (!isCode(name)) continue
    const imports = importsOf(text).map(({ specifier, typeOnly }) => ({
      target: resolveImport(name, specifier),
      typeOnly,
    }))
    graph.set(name, imports)
  }
  return graph
}

/**
 * The shortest chain of imports from `start` to something forbidden, as it would be loaded; null when there is none.
 * What `ends` a chain is not looked into.
 */
export function reach(
  graph: ImportGraph,
  start: string,
  forbidden: (target: string) => boolean,
  ends: (target: string) => boolean = () => false,
): string[] | null {
  const seen = new Set([start])
  const queue: string[][] = [[start]]
  for (let chain = queue.shift(); chain; chain = queue.shift()) {
    for (const { target, typeOnly } of graph.get(chain.at(-1) ?? '') ?? []) {
      if (typeOnly || seen.has(target)) continue
      seen.add(target)
      if (forbidden(target)) return [...chain, target]
      if (!ends(target)) queue.push([...chain, target])
    }
  }
  return null
}
