/** The stages of a roll-out: one VE, a tenth of them, the rest. Pure; browser-safe. */
export const STAGES = ['first', 'tenth', 'rest'] as const
export type Stage = (typeof STAGES)[number]
export type Staged = Record<Stage, string[]>

/** How many VEs of a stage are changed at once. */
export const AT_ONCE = 4

export function stagesOf(veIds: readonly string[]): Staged {
  const tenth = 1 + Math.ceil(veIds.length / 10)
  return { first: veIds.slice(0, 1), tenth: veIds.slice(1, tenth), rest: veIds.slice(tenth) }
}
