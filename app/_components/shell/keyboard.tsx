'use client'
import { useEffect } from 'react'

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

function focusSearch(event: KeyboardEvent): void {
  const search = document.querySelector<HTMLInputElement>('main input[type="search"]')
  if (!search) return
  event.preventDefault()
  search.focus()
  search.select()
}

/** From row to row: the main link of each carries data-row-link. */
function moveRow(event: KeyboardEvent, by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-row-link]')]
  if (links.length === 0) return
  const at = links.indexOf(document.activeElement as HTMLElement)
  const next = at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by
  links[next]?.focus()
  event.preventDefault()
}

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog:modal')) return
  if (typing(event.target)) {
    if (event.key === 'Escape' && event.target instanceof HTMLInputElement && event.target.type === 'search')
      event.target.blur()
    return
  }
  const onRow = document.activeElement?.hasAttribute('data-row-link') ?? false
  if (event.key === '/') focusSearch(event)
  else if (event.key === 'j' || (onRow && event.key === 'ArrowDown')) moveRow(event, 1)
  else if (event.key === 'k' || (onRow && event.key === 'ArrowUp')) moveRow(event, -1)
}

/** Keys of the whole panel: "/" to the search field, j and k (or the arrows, once on a row) through a list. */
export function Keyboard() {
  useEffect(() => {
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return null
}
