import type { MenuEntry } from '../../_ui/menu-entry.ts'
import type { useVeActions } from './use-ve-actions.tsx'
import type { VeOffers } from './ve-allowed.ts'

/** What is asked for less often, in the menu of a VE's page and of its row. */
export function veMoreEntries(
  {
    ask,
    move,
    forceStop,
    endRescue,
    unsuspend,
  }: Pick<ReturnType<typeof useVeActions>, 'ask' | 'move' | 'forceStop' | 'endRescue' | 'unsuspend'>,
  offers: VeOffers,
  { rescue, suspended, hibernated }: { rescue: boolean; suspended: boolean; hibernated: boolean },
): MenuEntry[] {
  return [
    {
      kind: 'action',
      label: hibernated ? 'Force stop…' : 'Force stop',
      onSelect: forceStop,
      disabledReason: offers.stop,
    },
    rescue
      ? { kind: 'action', label: 'End rescue', onSelect: endRescue, disabledReason: offers.stop }
      : {
          kind: 'action',
          label: 'Start in rescue…',
          onSelect: () => ask('rescue'),
          disabledReason: offers.rescue,
        },
    { kind: 'action', label: 'Move…', onSelect: move, disabledReason: offers.move },
    suspended
      ? { kind: 'action', label: 'Lift suspension', onSelect: unsuspend, disabledReason: offers.unsuspend }
      : { kind: 'action', label: 'Suspend…', onSelect: () => ask('suspend'), disabledReason: offers.suspend },
    { kind: 'separator' },
    {
      kind: 'action',
      label: 'Destroy…',
      onSelect: () => ask('destroy'),
      disabledReason: offers.destroy,
      danger: true,
    },
  ]
}
