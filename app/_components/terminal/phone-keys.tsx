import type { ReactNode } from 'react'
import { cx } from '../../_ui/cx.ts'

const KEYS = [
  { label: 'Esc', name: undefined, text: '\x1b' },
  { label: 'Tab', name: undefined, text: '\t' },
] as const
const MORE = [
  { label: '←', name: 'Left', text: '\x1b[D' },
  { label: '↓', name: 'Down', text: '\x1b[B' },
  { label: '↑', name: 'Up', text: '\x1b[A' },
  { label: '→', name: 'Right', text: '\x1b[C' },
  { label: '/', name: 'Slash', text: '/' },
  { label: '-', name: 'Dash', text: '-' },
  { label: '|', name: 'Pipe', text: '|' },
] as const

/** Keys that a keyboard on glass lacks. */
export function PhoneKeys({
  ctrl,
  onCtrl,
  onText,
}: {
  ctrl: boolean
  onCtrl: (on: boolean) => void
  onText: (text: string) => void
}) {
  const key = ({ label, name, text }: { label: string; name?: string; text: string }) => (
    <Key key={label} name={name} onPress={() => onText(text)}>
      {label}
    </Key>
  )
  return (
    <div
      role="toolbar"
      aria-label="Keys"
      className="flex gap-1 overflow-x-auto border-line border-t bg-surface-sunken p-1.5 pointer-fine:hidden"
    >
      {KEYS.map(key)}
      <Key pressed={ctrl} onPress={() => onCtrl(!ctrl)}>
        Ctrl
      </Key>
      {MORE.map(key)}
    </div>
  )
}

function Key({
  name,
  pressed,
  onPress,
  children,
}: {
  /** Where the label is a sign. */
  name?: string
  pressed?: boolean
  onPress: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      aria-label={name}
      aria-pressed={pressed}
      // The screen keeps the focus, and the keyboard on glass stays.
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPress}
      className={cx(
        'h-10 min-w-10 flex-1 rounded border px-2 font-medium text-sm',
        pressed
          ? 'border-transparent bg-accent text-content-on-accent'
          : 'border-line-control bg-surface-raised text-content',
      )}
    >
      {children}
    </button>
  )
}
