import type * as Methods from './methods-part.ts'

/** The text of methods-part.ts, bundled as a script of its own by agents/build.ts. */
declare const __CORRAL_METHODS__: string

/**
 * The other part of the bundle. It is carried as text because QuickJS compiles everything it is given before it runs
 * anything: schemas and methods cost 10 ms, which a request that needs none of them should not pay.
 */
export function loadMethods(): typeof Methods {
  // biome-ignore lint/security/noGlobalEval: the text is a constant of this very file
  const evaluate = globalThis.eval // by another name: in the global scope, not in this one
  return evaluate(__CORRAL_METHODS__) as typeof Methods
}
