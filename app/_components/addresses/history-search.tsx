import { inputClass } from '../../_forms/input-class.ts'
import { buttonClass } from '../../_ui/button-class.ts'
import { cx } from '../../_ui/cx.ts'

/** A plain form that goes by GET: the question is in the address, and works before any script is there. */
export function HistorySearch({ params }: { params: Record<string, string> }) {
  return (
    <search>
      <form method="get" aria-label="Who had an address" className="flex flex-wrap items-end gap-3">
        <label className="grid gap-1 text-sm max-sm:w-full">
          <span className="font-medium">Address</span>
          <input
            type="text"
            name="address"
            defaultValue={params.address ?? ''}
            placeholder="any"
            spellCheck={false}
            className={cx(inputClass, 'font-mono text-sm sm:w-52')}
          />
        </label>
        <label className="grid gap-1 text-sm max-sm:w-full">
          <span className="font-medium">At the moment (UTC)</span>
          <input
            type="text"
            name="at"
            defaultValue={params.at ?? ''}
            placeholder="2026-11-21T12:00:00Z"
            spellCheck={false}
            className={cx(inputClass, 'font-mono text-sm sm:w-52')}
          />
        </label>
        <button type="submit" className={buttonClass()}>
          Look up
        </button>
      </form>
    </search>
  )
}
