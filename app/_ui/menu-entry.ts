import type { ReactNode } from 'react'

/** What a menu holds. An action with `disabledReason` stays readable and says why it is off. */
export type MenuEntry =
  | { kind: 'action'; label: string; onSelect: () => void; disabledReason?: string | null; danger?: boolean }
  | { kind: 'separator' }
  | {
      kind: 'choice'
      label: string
      value: string
      onChange: (value: string) => void
      choices: readonly (readonly [value: string, label: string])[]
    }

export type MenuProps = {
  /** Names the button for those who cannot see its icon. */
  label: string
  trigger: ReactNode
  triggerClassName?: string
  side?: 'top' | 'bottom'
  align?: 'start' | 'end'
  entries: readonly MenuEntry[]
}
