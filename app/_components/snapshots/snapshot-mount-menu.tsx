'use client'
import { Ellipsis } from 'lucide-react'
import { Menu } from '../../_ui/menu.tsx'
import { notify } from '../../_ui/notify.ts'
import { useAct } from '../use-act.ts'
import { mountSnapshotAction, unmountSnapshotAction } from './snapshot-action.ts'

type SnapshotMountMenuProps = { id: string; name: string; mounted: boolean; disabledReason: string | null }

/** For those who run the hosts: the snapshot's files on the host itself. */
export function SnapshotMountMenu({ id, name, mounted, disabledReason }: SnapshotMountMenuProps) {
  const asked = (what: string) => () => notify({ title: `${what} “${name}”: asked for.` })
  const mounting = useAct(mountSnapshotAction, asked('Mount'))
  const unmounting = useAct(unmountSnapshotAction, asked('Unmount'))
  return (
    <Menu
      label={`More actions on “${name}”`}
      triggerClassName="inline-grid size-7 place-items-center self-center rounded text-content-muted hover:bg-surface-selected data-[state=open]:bg-surface-selected"
      trigger={<Ellipsis aria-hidden className="size-4" />}
      entries={[
        mounted
          ? { kind: 'action', label: 'Unmount', onSelect: () => unmounting.act({ id }), disabledReason }
          : {
              kind: 'action',
              label: 'Mount on its host, read-only',
              onSelect: () => mounting.act({ id }),
              disabledReason,
            },
      ]}
    />
  )
}
