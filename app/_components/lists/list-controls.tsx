'use client'
import { Search } from 'lucide-react'
import { debounce, parseAsString, useQueryStates } from 'nuqs'
import { useTransition } from 'react'
import { inputClass } from '../../_forms/input-class.ts'
import { cx } from '../../_ui/cx.ts'

const TYPING_MS = 180

export type FilterChoice = {
  /** The query parameter. */
  name: string
  label: string
  options: readonly (readonly [value: string, label: string])[]
}

/** Search and filters of a list. They live in the URL; the server does the finding. */
export function ListControls({
  searchLabel,
  filters,
}: {
  /** Without it the list has no search. */
  searchLabel?: string
  filters: readonly FilterChoice[]
}) {
  const [pending, startTransition] = useTransition()
  const names = ['q', 'cursor', 'skipped', ...filters.map((filter) => filter.name)]
  const [values, setValues] = useQueryStates(Object.fromEntries(names.map((name) => [name, parseAsString])), {
    shallow: false,
    history: 'replace',
    startTransition,
  })
  // Another selection is another list: its first page.
  const set = (name: string, value: string, typing = false) =>
    void setValues(
      { [name]: value === '' ? null : value, cursor: null, skipped: null },
      typing ? { limitUrlUpdates: debounce(TYPING_MS) } : undefined,
    )
  return (
    <search aria-busy={pending} className="mb-3 flex flex-wrap gap-2">
      {searchLabel === undefined ? null : (
        <div className="relative min-w-48 flex-1 max-sm:w-full max-sm:flex-none sm:max-w-80">
          <Search
            aria-hidden
            className="-translate-y-1/2 absolute top-1/2 left-2.5 size-3.5 text-content-faint"
          />
          <input
            type="search"
            aria-label={searchLabel}
            aria-keyshortcuts="/"
            placeholder={`${searchLabel}  ( / )`}
            value={values.q ?? ''}
            onChange={(event) => set('q', event.target.value, true)}
            className={cx(inputClass, 'pl-8')}
          />
        </div>
      )}
      {filters.map((filter) => (
        <select
          key={filter.name}
          aria-label={filter.label}
          value={values[filter.name] ?? ''}
          onChange={(event) => set(filter.name, event.target.value)}
          className={cx(inputClass, 'max-w-52 max-sm:w-[calc(50%-0.25rem)] sm:w-auto')}
        >
          <option value="">{filter.label}: all</option>
          {filter.options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      ))}
    </search>
  )
}
