/**
 * Bundles code in parts of which the later stand on the earlier: a module that several need is in the first of them only, and lent to
 * the others.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'

/** What a part calls the modules that were lent to it, by their number. */
const SHARED = '__corralShared'

/** Which part each module is in: the first that needs it. */
type Owners = Map<string, number>
/** By module: the names that later parts ask for. */
type Lent = Map<string, Set<string>>

/**
 * `root`: where the entries, paths from there, and their modules are. Gives texts "(shared) => ({ part, lent })": `part` is what the
 * entry exports; `lent` is to be added to `shared` for the parts after it.
 */
export async function bundleInParts(
  root: string,
  entries: readonly string[],
  options: BuildOptions,
): Promise<string[]> {
  const owners: Owners = new Map()
  const lent: Lent = new Map()
  for (const [part, entry] of entries.entries()) {
    const { metafile } = await build({ ...options, entryPoints: [entry], metafile: true })
    const inputs = (metafile as Metafile).inputs
    for (const module of Object.keys(inputs)) if (!owners.has(module)) owners.set(module, part)
    const own = Object.keys(inputs).filter((module) => owners.get(module) === part)
    for (const module of own) noteBorrowed(root, { module, part }, inputs, owners, lent)
  }
  const modules = [...lent.keys()].sort()
  return Promise.all(
    entries.map(async (entry, part) => {
      const its = modules.filter((module) => owners.get(module) === part)
      const text = await textOf({
        ...options,
        format: 'iife',
        globalName: 'CorralPart',
        stdin: { contents: lendingEntry(entry, its, modules, lent), resolveDir: root, loader: 'ts' },
        plugins: [borrowing(root, modules, (module) => (owners.get(module) ?? part) < part)],
      })
      return `(${SHARED}=>{${text}return CorralPart})`
    }),
  )
}

/** `import { a, type B, c as d } from './x.ts'` and `import * as z from 'x'`, as the formatter leaves them. */
const IMPORT = /^(?:import|export) (?!type )(?:\{([^}]*)\}|\* as (\w+)) from '([^']+)'/gm

/** Of a module that is imported whole, what is used: otherwise all of it would be kept. */
function namesIn(source: string, names: string, whole: string | undefined): string[] {
  if (whole !== undefined)
    return [...source.matchAll(new RegExp(`\\b${whole}\\.(\\w+)`, 'g'))].map(([, name = '']) => name)
  const each = names.split(',').map((name) => name.trim())
  return each
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(' as ')[0] ?? '')
}

function noteBorrowed(
  root: string,
  { module, part }: { module: string; part: number },
  inputs: Metafile['inputs'],
  owners: Owners,
  lent: Lent,
): void {
  const source = readFileSync(path.join(root, module), 'utf8')
  for (const [, names = '', whole, from] of source.matchAll(IMPORT)) {
    const target = inputs[module]?.imports.find(({ original }) => original === from)?.path
    if (target === undefined || (owners.get(target) ?? part) >= part) continue
    lent.set(target, new Set([...(lent.get(target) ?? []), ...namesIn(source, names, whole)]))
  }
}

function lendingEntry(entry: string, its: readonly string[], modules: readonly string[], lent: Lent): string {
  const each = its.map((module) => {
    const nth = modules.indexOf(module)
    const names = [...(lent.get(module) ?? [])].sort()
    return {
      imported: `import { ${names.map((name) => `${name} as m${nth}_${name}`).join(', ')} } from ${JSON.stringify(`./${module}`)}`,
      member: `${nth}: { ${names.map((name) => `${name}: m${nth}_${name}`).join(', ')} }`,
    }
  })
  return [
    `import * as part from ${JSON.stringify(`./${entry}`)}`,
    ...each.map(({ imported }) => imported),
    `export const lent = { ${each.map(({ member }) => member).join(', ')} }`,
    'export { part }',
  ].join('\n')
}

function borrowing(root: string, modules: readonly string[], isLent: (module: string) => boolean): Plugin {
  return {
    name: 'borrowing',
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /./ }, async ({ pluginData, path: asked, ...how }) => {
        if (pluginData === SHARED) return undefined
        const found = await resolve(asked, { ...how, pluginData: SHARED })
        const module = path.relative(root, found.path)
        return isLent(module) ? { path: String(modules.indexOf(module)), namespace: SHARED } : found
      })
      onLoad({ filter: /./, namespace: SHARED }, ({ path: nth }) => ({
        contents: `module.exports = ${SHARED}[${nth}]`,
      }))
    },
  }
}

async function textOf(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...options, write: false })
  const made = outputFiles?.[0]?.text
  if (made === undefined) throw new Error('esbuild wrote nothing')
  return made.trimEnd()
}
