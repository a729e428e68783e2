'use client'
import { Ellipsis } from 'lucide-react'
import { Menu } from '../../_ui/menu.tsx'
import type { MenuEntry } from '../../_ui/menu-entry.ts'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import { mountSnapshotAction, unmountSnapshotAction } from './snapshot-action.ts'

export type SnapshotMount = { mounted: boolean; disabledReason: string | null }
type SnapshotMenuProps = {
  id: string
  name: string
  cloneReason: string | null
  onClone: () => void
  /** Null for whoever does not run the hosts. */
  mount: SnapshotMount | null
}

/** A VE made from it; and for those who run the hosts, its files on the host itself. */
export function SnapshotMenu({ id, name, cloneReason, onClone, mount }: SnapshotMenuProps) {
  const asked = (what: string) => () => notify({ title: `${what} “${name}”: asked for.` })
  const mounting = useAct(mountSnapshotAction, asked('Mount'))
  const unmounting = useAct(unmountSnapshotAction, asked('Unmount'))
  const mountEntry = ({ mounted, disabledReason }: SnapshotMount): MenuEntry =>
    mounted
      ? { kind: 'action', label: 'Unmount', onSelect: () => unmounting.act({ id }), disabledReason }
      : {
          kind: 'action',
          label: 'Mount on its host, read-only',
          onSelect: () => mounting.act({ id }),
          disabledReason,
        }
  return (
    <Menu
      label={`More actions on “${name}”`}
      triggerClassName="inline-grid size-7 place-items-center self-center rounded text-content-muted hover:bg-surface-selected data-[state=open]:bg-surface-selected"
      trigger={<Ellipsis aria-hidden className="size-4" />}
      entries={[
        { kind: 'action', label: 'Create VE from it…', onSelect: onClone, disabledReason: cloneReason },
        ...(mount ? [mountEntry(mount)] : []),
      ]}
    />
  )
}
