/** What a limit means for a VE as it is now. Browser-safe and pure. */
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { BEANCOUNTERS, type BeancounterName } from '../contract/beancounters.ts'
import { formatBytes, formatCount } from '../contract/units.ts'
import { beancountersOf, OTHER_BEANCOUNTERS, type VeLimits } from '../contract/ve-limits.ts'
import { fieldOf, type LimitField } from './limit-fields.ts'

export type LimitWarning = { field: LimitField; text: string }

/** The limits that are below what the VE uses now, with the numbers; those of quota first. */
export function limitWarnings(limits: VeLimits, observed: ObservedVe | null): LimitWarning[] {
  if (observed === null) return []
  return [...diskWarnings(limits, observed), ...beancounterWarnings(limits, observed)]
}

function diskWarnings(limits: VeLimits, { fileSystem, diskUsedBytes }: ObservedVe): LimitWarning[] {
  const bytes = fileSystem?.usedBytes ?? diskUsedBytes
  const inodes = fileSystem?.usedInodes ?? null
  const pairs = [
    ['diskBytes', bytes, limits.diskBytes, formatBytes, 'Nothing more can be written until it uses less.'],
    ['diskSoftBytes', bytes, limits.diskSoftBytes, formatBytes, 'Its time of grace begins at once.'],
    ['diskInodes', inodes, limits.diskInodes, formatCount, 'No file can be made until it has fewer.'],
    ['diskSoftInodes', inodes, limits.diskSoftInodes, formatCount, 'Its time of grace begins at once.'],
  ] as const
  return pairs.flatMap(([field, used, limit, words, meaning]) =>
    used === null || limit === null || used <= limit
      ? []
      : [{ field, text: `It uses ${words(used)}; ${words(limit)} is less. ${meaning}` }],
  )
}

/** What becomes of a VE that holds more than the limit. */
const MEANING: Partial<Record<BeancounterName, string>> = {
  physpages: 'The kernel takes back its file cache and moves memory to swap; what does not fit is killed.',
  swappages: 'What is in swap stays there; no more goes in.',
}
const FURTHER = 'What it has it keeps; it gets no more.'

function beancounterWarnings(limits: VeLimits, observed: ObservedVe): LimitWarning[] {
  const pairs = beancountersOf(limits)
  const names = ['physpages', 'swappages', 'numproc', ...OTHER_BEANCOUNTERS] as const
  return names.flatMap((name) => {
    const held = heldOf(observed, name)
    const { limit } = pairs[name]
    if (held === null || limit === null || held <= limit || BEANCOUNTERS[name].pair === 'guarantee') return []
    const words = BEANCOUNTERS[name].unit === 'items' ? formatCount : formatBytes
    const text = `It holds ${words(held)}; ${words(limit)} is less. ${MEANING[name] ?? FURTHER}`
    return [{ field: fieldOf(name), text }]
  })
}

function heldOf({ beancounters, memoryBytes, processes }: ObservedVe, name: BeancounterName): number | null {
  if (beancounters) return beancounters[name].held
  if (name === 'physpages') return memoryBytes
  return name === 'numproc' ? processes : null
}
