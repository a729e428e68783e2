import type { BalanceProposal } from '@/lib/fleet/resource.ts'
import { Meter } from '../../_ui/meter.tsx'

const percent = (part: number) => `${Math.round(part * 100)} %`
const SHOWN = 100

/** How full hosts are now, and would be: the fullest first. */
export function BalanceLoads({ hosts }: Pick<BalanceProposal, 'hosts'>) {
  const shown = [...hosts].sort((a, b) => b.before - a.before).slice(0, SHOWN)
  return (
    <div className="wrap-long grid grid-cols-1 gap-4 md:grid-cols-2">
      {shown.map(({ host, before, after }) => (
        <Meter
          key={host.id}
          label={host.name}
          value={after}
          max={1}
          promised={before}
          text={before === after ? percent(before) : `${percent(before)}, then ${percent(after)}`}
        />
      ))}
    </div>
  )
}
