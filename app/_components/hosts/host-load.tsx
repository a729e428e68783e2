import { formatCount } from '@/lib/contract/units.ts'
import type { HostLoad, LoadFigure } from '@/lib/hosts/load-figures.ts'
import { Callout } from '../../_ui/callout.tsx'
import { cx } from '../../_ui/cx.ts'
import { Tip } from '../../_ui/tip.tsx'

const FIGURES = {
  lowMemory: {
    label: 'Low memory',
    meaning:
      'Memory of the kernel for processes, sockets and files, against what it can reach on 32-bit x86.',
  },
  ram: { label: 'Memory', meaning: 'What the VEs have in memory, that of the kernel for them included.' },
  memoryAndSwap: {
    label: 'Memory and swap',
    meaning:
      'What the VEs hold in memory and swap; promised is what is kept for them when the host runs out.',
  },
  allocated: {
    label: 'Allocated',
    meaning:
      'What programs in the VEs have asked for, whether they use it yet or not; promised is what they may ask for.',
  },
} as const
const NAMES = Object.keys(FIGURES) as (keyof typeof FIGURES)[]

function percent(part: number): string {
  const rounded = Math.round(part * 100)
  return rounded === 0 && part > 0 ? 'under 1 %' : `${formatCount(rounded)} %`
}

/** What the VEs of a host, or of all hosts, use and were promised, each as a part of what there is. */
export function HostLoadFigures({ load, of }: { load: HostLoad; of: string }) {
  const known = NAMES.flatMap((name) => {
    const figure = load[name]
    return figure ? [{ name, figure }] : []
  })
  if (known.length === 0) return <p className="text-content-muted">Known once its VEs are seen running.</p>
  return (
    <div className="grid min-w-0 gap-4 *:min-w-0">
      {known.map(({ name, figure }) => (
        <Figure key={name} {...FIGURES[name]} figure={figure} />
      ))}
      {load.oversold ? (
        <Callout tone="caution" title="Oversold">
          More was promised than {of} has. As long as not all use theirs at once, nobody notices; should they,
          the kernel takes memory back from some and may kill what does not fit.
        </Callout>
      ) : (
        <p className="wrap-long text-content-muted text-sm">
          Not oversold: {of} can keep every promise at once.
        </p>
      )}
    </div>
  )
}

type FigureProps = { label: string; meaning: string; figure: LoadFigure }

/** Both against one scale; what is promised may go beyond all there is, which the stroke marks. */
function Figure({ label, meaning, figure: { utilisation, commitment } }: FigureProps) {
  const end = Math.max(1, utilisation, commitment)
  const beyond = commitment > 1
  const words = `${percent(utilisation)} used, ${percent(commitment)} promised`
  return (
    <div className="min-w-0">
      <div className="mb-1 flex flex-wrap justify-between gap-x-3 text-sm">
        <span className="text-content-muted">
          <Tip text={meaning}>{label}</Tip>
        </span>
        <span>
          {percent(utilisation)} used,{' '}
          <span className={cx(beyond && 'text-caution')}>{`${percent(commitment)} promised`}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter element cannot be styled alike in all browsers */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.round(utilisation * 100))}
        aria-valuetext={words}
        className="relative h-1.5 rounded-full bg-surface-selected"
      >
        <div
          className={cx(
            'absolute inset-y-0 left-0 rounded-full',
            beyond ? 'bg-caution-mark/50' : 'bg-line-strong',
          )}
          style={{ width: `${(commitment / end) * 100}%` }}
        />
        <div
          className={cx(
            'absolute inset-y-0 left-0 rounded-full',
            utilisation >= 0.9 ? 'bg-danger-mark' : 'bg-accent',
          )}
          style={{ width: `${(utilisation / end) * 100}%` }}
        />
        {end > 1 ? (
          <div className="absolute -inset-y-0.5 w-px bg-content" style={{ left: `${100 / end}%` }} />
        ) : null}
      </div>
    </div>
  )
}
