import { cx } from './cx.ts'

/** Where one is in a form of several pages. */
export function Stepper({
  steps,
  current,
  label,
}: {
  steps: readonly string[]
  current: number
  label: string
}) {
  return (
    <ol aria-label={label} className="mb-5 flex flex-wrap gap-x-1 gap-y-2">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === current ? 'step' : undefined}
          className={cx(
            'flex items-center gap-2 text-sm',
            index > current ? 'text-content-muted' : 'font-medium',
          )}
        >
          <span
            aria-hidden
            className={cx(
              'grid size-5 place-items-center rounded-full border text-xs',
              index === current
                ? 'border-transparent bg-accent text-content-on-accent'
                : 'border-line-strong',
            )}
          >
            {index < current ? '✓' : index + 1}
          </span>
          {step}
          {index < current ? <span className="sr-only"> (done)</span> : null}
          {index < steps.length - 1 ? <span aria-hidden className="mx-2 h-px w-6 bg-line-strong" /> : null}
        </li>
      ))}
    </ol>
  )
}
