'use client'
import { useId, useState } from 'react'
import { TextField } from './fields.tsx'

/** `about` is shown once it is typed. */
export type Suggestion = { value: string; about: string }

/** A text field that offers what is known, and takes what is not as well. */
export function SuggestField({
  name,
  label,
  placeholder,
  defaultValue = '',
  offered,
  unknown,
}: {
  name: string
  label: string
  placeholder?: string
  defaultValue?: string
  offered: readonly Suggestion[]
  /** What is said of anything else that is typed, or of nothing. */
  unknown: string | ((typed: string) => string)
}) {
  const list = useId()
  const [typed, setTyped] = useState(defaultValue)
  const known = offered.find(({ value }) => value === typed)
  return (
    <div className="grid min-w-0 content-start">
      <TextField
        name={name}
        label={label}
        mono
        list={list}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={placeholder}
        hint={known?.about ?? (typeof unknown === 'string' ? unknown : unknown(typed))}
      />
      <datalist id={list}>
        {offered.map(({ value, about }) => (
          <option key={value} value={value}>
            {about}
          </option>
        ))}
      </datalist>
    </div>
  )
}
