import type { Capability } from '@/lib/contract/capabilities.ts'
import type { Typed } from './typed-limits.ts'

export type LimitNote = { tone: 'danger' | 'caution' | 'neutral'; text: string }

/** From when a change counts, or that it does not; and why. */
export type LimitAside = { word: string; reason: string | null }

/** What the fields of limits are shown with. Fields are named as in problems: "memoryBytes", "beancounters.numpty". */
export type LimitFormState = {
  typed: Readonly<Typed>
  /** By the name of an input: "limits.beancounters.numpty.barrier". */
  set: (texts: Typed) => void
  notes: (field: string) => readonly LimitNote[]
  aside: (field: string) => LimitAside | null
  /** Why its host cannot do it, if it cannot. */
  lack: (capability: Capability) => string | null
}
