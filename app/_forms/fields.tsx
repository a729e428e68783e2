'use client'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from '../_ui/cx.ts'
import { Field } from './field.tsx'
import { useFieldProblem } from './form-context.ts'
import { inputClass } from './input-class.ts'

type Labelled = { name: string; label: string; hint?: ReactNode; optional?: boolean; aside?: ReactNode }

export function TextField({
  name,
  label,
  hint,
  optional,
  aside,
  mono = false,
  ...input
}: Labelled & { mono?: boolean } & Omit<ComponentProps<'input'>, 'name' | 'id'>) {
  return (
    <Field name={name} label={label} hint={hint} optional={optional} aside={aside}>
      {(control) => (
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          autoCapitalize="none"
          {...input}
          {...control}
          name={name}
          className={cx(inputClass, mono && 'font-mono text-sm')}
        />
      )}
    </Field>
  )
}

export function TextAreaField({
  name,
  label,
  hint,
  optional,
  ...area
}: Omit<Labelled, 'aside'> & Omit<ComponentProps<'textarea'>, 'name' | 'id'>) {
  return (
    <Field name={name} label={label} hint={hint} optional={optional}>
      {(control) => (
        <textarea
          autoComplete="off"
          spellCheck={false}
          rows={4}
          {...area}
          {...control}
          name={name}
          className={cx(inputClass, 'h-auto py-1.5 font-mono text-sm')}
        />
      )}
    </Field>
  )
}

export function SelectField({
  name,
  label,
  hint,
  optional,
  children,
  ...select
}: Omit<Labelled, 'aside'> & Omit<ComponentProps<'select'>, 'name' | 'id'>) {
  return (
    <Field name={name} label={label} hint={hint} optional={optional}>
      {(control) => (
        <select {...select} {...control} name={name} className={inputClass}>
          {children}
        </select>
      )}
    </Field>
  )
}

type CheckProps = Omit<Labelled, 'optional' | 'aside'> & Omit<ComponentProps<'input'>, 'name' | 'id' | 'type'>

/** One of a `CheckGroup`, which says what is wrong with them. */
export function CheckField({ name, label, hint, ...input }: CheckProps) {
  return (
    <label className="flex items-start gap-2">
      <input
        type="checkbox"
        value="on"
        {...input}
        name={name}
        className="mt-0.75 size-3.5 shrink-0 accent-accent"
      />
      <span className="wrap-long">
        {label}
        {hint ? <span className="block text-content-muted text-sm">{hint}</span> : null}
      </span>
    </label>
  )
}

/** A box to tick by itself, and what is wrong with it. */
export function SwitchField({ name, ...rest }: CheckProps) {
  const id = useId()
  const wrong = useFieldProblem(name)
  return (
    <div data-field={name} className="grid gap-1">
      <CheckField
        {...rest}
        name={name}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        aria-invalid={wrong ? true : undefined}
      />
      {wrong ? (
        <p id={`${id}-wrong`} className="wrap-long pl-5.5 text-danger text-sm">
          {wrong}
        </p>
      ) : null}
    </div>
  )
}

/** A group of fields under one heading. */
export function FieldGroup({
  title,
  note,
  children,
}: {
  title: string
  note?: ReactNode
  children: ReactNode
}) {
  return (
    <fieldset className="min-w-0 rounded-lg border border-line bg-surface-raised px-4 pt-3 pb-4">
      <legend className="float-left mb-3 w-full font-semibold">{title}</legend>
      <div className="clear-both grid gap-4">
        {note ? <div className="text-content-muted">{note}</div> : null}
        {children}
      </div>
    </fieldset>
  )
}

/** Fields side by side where there is room. */
export function FieldRow({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 sm:grid-cols-2">{children}</div>
}
