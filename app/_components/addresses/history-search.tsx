import { inputClass } from '../../_forms/field.tsx'
import { buttonClass } from '../../_ui/button-class.ts'

/** A plain form that goes by GET: the question is in the address, and works before any script is there. */
export function HistorySearch({ params }: { params: Record<string, string> }) {
  return (
    <search>
      <form method="get" aria-label="Who had an address" className="mb-3 flex flex-wrap items-end gap-2">
        <label className="grid gap-1 text-sm">
          <span className="font-medium">Address</span>
          <input
            type="text"
            name="address"
            defaultValue={params.address ?? ''}
            placeholder="any"
            spellCheck={false}
            className={`${inputClass} font-mono`}
          />
        </label>
        <label className="grid gap-1 text-sm">
          <span className="font-medium">At the moment (UTC)</span>
          <input
            type="text"
            name="at"
            defaultValue={params.at ?? ''}
            placeholder="2026-11-21T12:00:00Z"
            spellCheck={false}
            className={`${inputClass} font-mono`}
          />
        </label>
        <button type="submit" className={buttonClass()}>
          Look up
        </button>
      </form>
    </search>
  )
}
