'use client'
import { ChevronsUpDown } from 'lucide-react'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { Menu } from '../../_ui/menu.tsx'
import { setPreference } from './preference.ts'

const THEMES = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const

function applyTheme(theme: string): void {
  setPreference('corral-theme', theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

async function signOut(): Promise<void> {
  await fetch('/api/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  // A full load: nothing that the last person saw stays in memory.
  window.location.assign(paths.signIn())
}

export function AccountMenu({ name, email, theme }: { name: string; email: string; theme: string }) {
  const [chosen, setChosen] = useState(theme)
  return (
    <Menu
      // Begins with what it is, and holds what is seen on it.
      label={`Account: ${name} ${email}`}
      side="top"
      align="start"
      triggerClassName="flex w-full min-w-0 items-center gap-2 rounded px-2.5 py-1.5 text-left hover:bg-surface-hover data-[state=open]:bg-surface-hover"
      trigger={
        <>
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{name}</span>{' '}
            <span className="block truncate text-content-muted text-xs max-md:hidden">{email}</span>
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-content-faint" />
        </>
      }
      entries={[
        {
          kind: 'choice',
          label: 'Colours',
          value: chosen,
          choices: THEMES,
          onChange: (next) => {
            setChosen(next)
            applyTheme(next)
          },
        },
        { kind: 'separator' },
        { kind: 'action', label: 'Sign out', onSelect: () => void signOut() },
      ]}
    />
  )
}
