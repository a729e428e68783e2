declare const __CORRAL_AGENT_VERSION__: string | undefined

/** Package version and digest of the bundle, put in by agents/build.ts. */
export const AGENT_VERSION =
  typeof __CORRAL_AGENT_VERSION__ === 'string' ? __CORRAL_AGENT_VERSION__ : 'unbundled'
