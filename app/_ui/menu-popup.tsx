'use client'
import { DropdownMenu } from 'radix-ui'
import { useRef } from 'react'
import { cx } from './cx.ts'
import type { MenuEntry, MenuProps } from './menu-entry.ts'

const ITEM = 'rounded px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-surface-selected'

/** The whole menu, open at first: it is fetched because somebody pressed its button. */
export default function MenuPopup({ label, trigger, triggerClassName, side, align, entries }: MenuProps) {
  // What was chosen happens after the focus is back on the button: a dialog that opens then knows where to return it.
  const chosen = useRef<(() => void) | null>(null)
  function closed() {
    const act = chosen.current
    chosen.current = null
    if (act) setTimeout(act, 0)
  }
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger aria-label={label} className={triggerClassName}>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          side={side ?? 'bottom'}
          align={align ?? 'end'}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={closed}
          className="layer-menu min-w-44 max-w-80 rounded-lg bg-surface-raised p-1 shadow-overlay"
        >
          {entries.map((entry, index) => (
            <Entry
              key={entry.kind === 'separator' ? index : entry.label}
              entry={entry}
              choose={(act) => {
                chosen.current = act
              }}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

type Choose = (act: () => void) => void

function Entry({ entry, choose }: { entry: MenuEntry; choose: Choose }) {
  if (entry.kind === 'separator') return <DropdownMenu.Separator className="my-1 h-px bg-line" />
  return entry.kind === 'action' ? <Action {...entry} choose={choose} /> : <Choice {...entry} />
}

type ActionProps = Extract<MenuEntry, { kind: 'action' }> & { choose: Choose }

function Action({ label, onSelect, disabledReason, danger, choose }: ActionProps) {
  return (
    <DropdownMenu.Item
      aria-disabled={disabledReason ? true : undefined}
      onSelect={(event) => (disabledReason ? event.preventDefault() : choose(onSelect))}
      className={cx(ITEM, danger && !disabledReason && 'text-danger')}
    >
      <span className={cx('block', disabledReason && 'text-content-faint')}>{label}</span>
      {disabledReason ? <span className="block text-content-faint text-xs">{disabledReason}</span> : null}
    </DropdownMenu.Item>
  )
}

function Choice({ label, value, onChange, choices }: Extract<MenuEntry, { kind: 'choice' }>) {
  return (
    <>
      <DropdownMenu.Label className="px-2.5 pt-1.5 text-content-muted text-xs">{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={value} onValueChange={onChange}>
        {choices.map(([choice, text]) => (
          <DropdownMenu.RadioItem
            key={choice}
            value={choice}
            className={cx(ITEM, 'flex items-center justify-between')}
          >
            {text}
            <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  )
}
