import type { VeState } from '../contract/ve-state.ts'

/** How to leave a settled state that forbids something and says not by itself how it is left. Starts with a blank. */
export const wayOut = (state: VeState): string =>
  state === 'hibernated' ? ' Resume it first; or stop it, which throws its memory away.' : ''
