import { VE_STATE, type VeState } from '@/lib/contract/ve-state.ts'
import { StateBadge } from '../../_ui/badge.tsx'

export function VeStateBadge({ state }: { state: VeState }) {
  return <StateBadge tone={VE_STATE[state].tone}>{VE_STATE[state].label}</StateBadge>
}
