'use client'
import { AArrowDown, AArrowUp, Accessibility, ClipboardPaste, Copy, X } from 'lucide-react'
import type { ReactNode, Ref } from 'react'
import { cx } from '../../_ui/cx.ts'
import { notify } from '../../_ui/notify.ts'
import { LinkStatus } from './link-status.tsx'
import { clampFontSize } from './terminal-settings.ts'
import type { Console } from './use-console.ts'

/** What can be done to a terminal beside typing in it. */
export function ConsoleToolbar({ shell, firstRef }: { shell: Console; firstRef: Ref<HTMLButtonElement> }) {
  const { settings, change } = shell
  const resize = (by: number) => settings && change({ fontSize: clampFontSize(settings.fontSize + by) })
  async function copy() {
    if (!(await shell.copy()))
      notify({ title: 'Nothing is selected.', description: 'Select text with the mouse first.' })
  }
  async function paste() {
    if (await shell.paste()) return
    notify({
      title: 'This browser lets no page read the clipboard.',
      description: 'Paste with Ctrl+Shift+V, or by the menu of the right mouse button.',
    })
  }
  return (
    <div
      role="toolbar"
      aria-label="Terminal"
      className="flex flex-wrap items-center gap-1 border-line border-b px-3 py-1"
    >
      <div className="mr-auto text-sm">
        <LinkStatus state={shell.state} />
      </div>
      <Tool name="Copy" hint="Ctrl+Shift+C" onPress={() => void copy()} ref={firstRef}>
        <Copy aria-hidden className="size-4" />
      </Tool>
      <Tool name="Paste" hint="Ctrl+Shift+V" onPress={() => void paste()}>
        <ClipboardPaste aria-hidden className="size-4" />
      </Tool>
      <Tool name="Smaller text" onPress={() => resize(-1)}>
        <AArrowDown aria-hidden className="size-4" />
      </Tool>
      <Tool name="Larger text" onPress={() => resize(1)}>
        <AArrowUp aria-hidden className="size-4" />
      </Tool>
      <Tool
        name="Screen reader mode"
        pressed={settings?.screenReader ?? false}
        onPress={() => settings && change({ screenReader: !settings.screenReader })}
      >
        <Accessibility aria-hidden className="size-4" />
      </Tool>
      <Tool name="End the shell" onPress={shell.end}>
        <X aria-hidden className="size-4" />
      </Tool>
    </div>
  )
}

function Tool({
  name,
  hint,
  pressed,
  onPress,
  ref,
  children,
}: {
  name: string
  hint?: string
  pressed?: boolean
  onPress: () => void
  ref?: Ref<HTMLButtonElement>
  children: ReactNode
}) {
  return (
    <button
      ref={ref}
      type="button"
      aria-label={name}
      aria-pressed={pressed}
      title={hint ? `${name} (${hint})` : name}
      onClick={onPress}
      className={cx(
        'grid size-8 place-items-center rounded',
        pressed
          ? 'bg-accent-quiet text-accent'
          : 'text-content-muted hover:bg-surface-hover hover:text-content',
      )}
    >
      {children}
    </button>
  )
}
