'use client'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A menu under a button. `label` names the button for those who cannot see its icon. */
export function Menu({
  label,
  trigger,
  triggerClassName,
  side = 'bottom',
  align = 'end',
  children,
}: {
  label: string
  trigger: ReactNode
  triggerClassName?: string
  side?: 'top' | 'bottom'
  align?: 'start' | 'end'
  children: ReactNode
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger aria-label={label} className={triggerClassName}>
        {trigger}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="layer-menu min-w-44 max-w-80 rounded-lg bg-surface-raised p-1 shadow-overlay"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** With `disabledReason` it stays readable and says why it is off. */
export function MenuItem({
  children,
  onSelect,
  disabledReason,
  danger = false,
}: {
  children: ReactNode
  onSelect: () => void
  disabledReason?: string | null
  danger?: boolean
}) {
  return (
    <DropdownMenu.Item
      aria-disabled={disabledReason ? true : undefined}
      onSelect={(event) => (disabledReason ? event.preventDefault() : onSelect())}
      className={cx(
        'rounded px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-surface-selected',
        danger && !disabledReason && 'text-danger',
      )}
    >
      <span className={cx('flex items-center gap-2', disabledReason && 'text-content-faint')}>
        {children}
      </span>
      {disabledReason ? <span className="block text-content-faint text-xs">{disabledReason}</span> : null}
    </DropdownMenu.Item>
  )
}

export function MenuChoice({
  label,
  value,
  onChange,
  choices,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  choices: readonly (readonly [value: string, label: string])[]
}) {
  return (
    <>
      <DropdownMenu.Label className="px-2.5 pt-1.5 text-content-muted text-xs">{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup value={value} onValueChange={onChange}>
        {choices.map(([choice, text]) => (
          <DropdownMenu.RadioItem
            key={choice}
            value={choice}
            className="flex items-center justify-between rounded px-2.5 py-1.5 text-sm outline-none data-highlighted:bg-surface-selected"
          >
            {text}
            <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  )
}

export const MenuSeparator = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />
