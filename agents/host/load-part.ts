/**
 * The other parts of the bundle, of which each stands on those before: agents/build.ts writes them behind the first code, each as JSON
 * in a comment. QuickJS compiles all it is given before it runs any of it, and 10 KB cost 1.5 ms and 30 KB of memory, which
 * what needs none of them should not pay.
 */
import type * as Rare from './rare-part.ts'
import type { Sys } from './sys/sys.ts'
import type * as Usual from './usual-part.ts'
import type * as Watching from './watching-part.ts'

/** As their entries are given to agents/build.ts. */
type Parts = [watching: typeof Watching, usual: typeof Usual, rare: typeof Rare]
type Evaluated = (shared: object) => { part: Parts[number]; lent: object }

/** A comment with nothing but a JSON text. No code begins a line so. */
const PART = '//"'

// biome-ignore lint/security/noGlobalEval: the texts are this very file's
const evaluate = globalThis.eval // by another name: in the global scope, not in this one

function loadPart<N extends 0 | 1 | 2>(sys: Sys, nth: N): Parts[N] {
  const lines = (sys.read(sys.program) ?? '').split('\n').filter((line) => line.startsWith(PART))
  const shared = {}
  let loaded: unknown
  for (const line of lines.slice(0, nth + 1)) {
    const { part, lent } = (evaluate(JSON.parse(line.slice(PART.length - 1))) as Evaluated)(shared)
    Object.assign(shared, lent)
    loaded = part
  }
  return loaded as Parts[N]
}

export const loadWatching = (sys: Sys) => loadPart(sys, 0)
export const loadUsual = (sys: Sys) => loadPart(sys, 1)
export const loadRare = (sys: Sys) => loadPart(sys, 2)
