/** Who may import what. Each rule gives its violations as sentences; none is the goal. */
import { type ImportGraph, reach } from './imports.ts'
import { isTest, type Sources } from './sources.ts'

export type Rule = (graph: ImportGraph, sources: Sources) => string[]

const inside =
  (...folders: string[]) =>
  (name: string) =>
    folders.some((folder) => name.startsWith(`${folder}/`))
const isPackage = (target: string, name: string) => target === name || target.startsWith(`${name}/`)

/** Direct imports, types included: what a file may not even name. */
function directly(
  where: (name: string) => boolean,
  forbidden: (target: string, name: string) => boolean,
): Rule {
  return (graph) => {
    const violations: string[] = []
    for (const [name, imports] of graph) {
      if (!where(name) || isTest(name)) continue
      for (const { target } of imports)
        if (forbidden(target, name)) violations.push(`${name} imports ${target}`)
    }
    return violations
  }
}

/** Whatever is loaded with a file, over any number of steps. */
function transitively(
  where: (name: string, text: string) => boolean,
  forbidden: (target: string) => boolean,
  ends: (text: string) => boolean = () => false,
): Rule {
  return (graph, sources) => {
    const violations: string[] = []
    for (const name of graph.keys()) {
      if (isTest(name) || !where(name, sources.get(name) ?? '')) continue
      const chain = reach(graph, name, forbidden, (target) => ends(sources.get(target) ?? ''))
      if (chain) violations.push(chain.join(' → '))
    }
    return violations
  }
}

const opensHosts = (target: string) =>
  inside('lib/agent-link', 'lib/worker', 'agents')(target) ||
  target.endsWith('.saga.ts') ||
  isPackage(target, 'ssh2')

/** Only the worker holds host keys and opens SSH: nothing that the web process loads may lead there. */
export const webCannotReachHosts = transitively(inside('app', 'lib/http', 'lib/auth'), opensHosts)

/** Pages read through the slices, which decide what the viewer may see. */
export const pagesCannotReachTheDatabase = directly(
  inside('app'),
  (target) =>
    inside('lib/db')(target) ||
    isPackage(target, 'pg') ||
    isPackage(target, '@prisma/client') ||
    isPackage(target, '@prisma/adapter-pg'),
)

const begins = (directive: string) =>
  new RegExp(`^\\s*(/\\*[\\s\\S]*?\\*/\\s*|//.*\\s*)*['"]${directive}['"]`)
const FOR_BROWSER = begins('use client')
const FOR_SERVER = begins('use server')

/** What the browser loads holds no server code. Of a file of server actions it gets only their names. */
export const browserCodeStaysInTheBrowser = transitively(
  (_, text) => FOR_BROWSER.test(text),
  (target) => inside('lib/db', 'lib/http')(target) || target.startsWith('node:') || isPackage(target, 'pg'),
  (text) => FOR_SERVER.test(text),
)

/** The agent bundles the contract, and the browser loads it. */
export const contractImportsOnlyZod = directly(
  inside('lib/contract'),
  (target) => !inside('lib/contract')(target) && target !== 'zod/mini',
)

/** One file, the same on every architecture: no package but the schema library. */
export const agentStandsAlone = directly(
  inside('agents/host'),
  (target, name) =>
    !inside('agents/host', 'lib/contract')(target) &&
    target !== 'zod/mini' &&
    !(inside('agents/host/sys')(name) && isSystemModule(target)),
)
const isSystemModule = (target: string) =>
  target.startsWith('node:') || ['os', 'std', 'qjs:os', 'qjs:std'].includes(target)

export const onlyTheWorkerReachesAgents: Rule = directly(
  (name) => !inside('lib/agent-link', 'lib/worker', 'lib/bench')(name),
  inside('lib/agent-link'),
)

/** The lab and the benchmarks open SSH to hosts they made themselves, as a person at a terminal would. */
export const onlyTheWorkerOpensSsh: Rule = directly(
  (name) => !inside('lib/agent-link', 'lib/worker', 'lib/lab', 'lib/bench')(name),
  (target) => isPackage(target, 'ssh2'),
)

export const onlyTheWorkerSimulates = directly(
  (name) => !inside('agents/sim', 'lib/worker')(name),
  inside('agents/sim'),
)

/** Primitives know React and the design tokens, and none of our nouns. */
export const primitivesKnowNothing = directly(
  inside('app/_ui'),
  (target) => !inside('app/_ui')(target) && inside('app', 'lib', 'agents')(target),
)

/** A definition is what the browser sees of an operation. */
export const definitionsAreBrowserSafe = transitively(
  (name) =>
    name === 'lib/operations/registry.ts' ||
    (inside('lib/operations/catalog')(name) && !name.endsWith('.saga.ts') && !name.endsWith('-subject.ts')),
  (target) => inside('lib/db')(target) || target.endsWith('.saga.ts') || target.startsWith('node:'),
)
