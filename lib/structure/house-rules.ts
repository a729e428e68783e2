/** Habits that lint cannot see. Each rule gives its violations as sentences. */
import { resolveImport } from './imports.ts'
import { isCode, isTest, type Sources } from './sources.ts'

export const LINES_MAX = 400

export function tooLong(sources: Sources, exceptions: readonly string[]): string[] {
  const long = [...sources].filter(([name, text]) => isCode(name) && text.split('\n').length - 1 > LINES_MAX)
  const names = long.map(([name]) => name)
  return [
    ...names
      .filter((name) => !exceptions.includes(name))
      .map((name) => `${name} has more than ${LINES_MAX} lines`),
    ...exceptions.filter((name) => !names.includes(name)).map((name) => `${name} is no exception any more`),
  ]
}

/** Next's own [id], [...all] and (group), our _ui, prisma's stamps; the rest is kebab-case. */
const PART = /^(\[(\.\.\.)?[a-z][a-z0-9-]*\]|\([a-z][a-z0-9-]*\)|_?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*)$/
const STAMPED = /^prisma\/migrations\//
/** Trees of other systems' files, which have the names that those systems give them. */
const FOREIGN = /\/fixtures\//

export function notKebabCase(sources: Sources): string[] {
  return [...sources.keys()].filter(
    (name) =>
      !STAMPED.test(name) &&
      !FOREIGN.test(name) &&
      !name.split('/').every((part) => PART.test(part) || part === 'README.md'),
  )
}

const PALETTE =
  /\b(?:bg|text|border|ring|fill|stroke|from|via|to|divide|outline|shadow|accent|caret|decoration|placeholder)-(?:slate|gray|zinc|neutral|stone|red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose)-\d{2,3}\b/g

/** Colours are named by what they mean, in globals.css alone. */
export function paletteColours(sources: Sources): string[] {
  const violations: string[] = []
  for (const [name, text] of sources) {
    if (!name.startsWith('app/') || name === 'app/globals.css') continue
    for (const [colour] of text.matchAll(PALETTE)) violations.push(`${name}: ${colour}`)
  }
  return violations
}

/** A folder's own listing of itself hides where things come from. */
export function barrels(sources: Sources): string[] {
  return [...sources.keys()].filter((name) => /(^|\/)index\.tsx?$/.test(name))
}

const NEXT_FILE =
  /^app\/(.*\/)?(page|layout|template|loading|error|global-error|not-found|default|icon|manifest|robots)\.tsx?$/
/** Loaded by a tool that wants it so. */
const FOR_TOOLS = /\.config\.[a-z]+$|-(reporter|setup)\.ts$/

/** `lazy(() => import('./x.tsx'))`: React wants a default export there. */
const LAZY = /\(\)\s*=>\s*import\(\s*['"]([^'"]+)['"]/g

export function defaultExports(sources: Sources): string[] {
  const lazy = new Set<string>()
  for (const [name, text] of sources)
    for (const [, specifier = ''] of text.matchAll(LAZY)) lazy.add(resolveImport(name, specifier))
  return [...sources]
    .filter(([, text]) => /^export default\b/m.test(text))
    .map(([name]) => name)
    .filter((name) => isCode(name) && !isTest(name) && !lazy.has(name))
    .filter((name) => !NEXT_FILE.test(name) && !FOR_TOOLS.test(name))
}

/** Every operation has its definition and its saga, under its own name, and there are no others. */
export function operationFiles(sources: Sources, types: readonly string[]): string[] {
  const catalog = 'lib/operations/catalog/'
  const missing = types
    .flatMap((type) => [`${catalog}${type}.ts`, `${catalog}${type}.saga.ts`])
    .filter((name) => !sources.has(name))
  const unknown = [...sources.keys()].filter(
    (name) =>
      name.startsWith(catalog) &&
      name.endsWith('.saga.ts') &&
      !types.includes(name.slice(catalog.length, -8)),
  )
  return [
    ...missing.map((name) => `${name} is missing`),
    ...unknown.map((name) => `${name} is of no operation`),
  ]
}
