'use client'
import { lazy, Suspense, useState } from 'react'
import type { MenuProps } from './menu-entry.ts'

const load = () => import('./menu-popup.tsx')
const MenuPopup = lazy(load)

/**
 * A menu under a button. What it takes to open one (placing, arrow keys, typing ahead) is a third of the script of a
 * whole page, so it is fetched when the pointer or the focus comes near, and lists show without it.
 */
export function Menu(props: MenuProps) {
  const [pressed, setPressed] = useState(false)
  const button = (
    <button
      type="button"
      aria-label={props.label}
      aria-haspopup="menu"
      aria-expanded={false}
      className={props.triggerClassName}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setPressed(true)}
    >
      {props.trigger}
    </button>
  )
  if (!pressed) return button
  return (
    <Suspense fallback={button}>
      <MenuPopup {...props} />
    </Suspense>
  )
}
