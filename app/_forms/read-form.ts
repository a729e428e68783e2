/** Reading what was typed: text into what a schema judges. */

export const text = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()
/** Words separated by spaces, commas or lines. */
export const words = (value: string): string[] => value.split(/[\s,]+/).filter(Boolean)
export const lines = (value: string): string[] =>
  value
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
/** Empty is undefined; what is no number becomes NaN, which every schema refuses. */
export const number = (form: FormData, name: string): number | undefined => {
  const typed = text(form, name)
  return typed === '' ? undefined : Number(typed)
}
/** Megabits a second as bits; empty is null: unlimited. */
export const megabits = (form: FormData, name: string): number | null => {
  const typed = text(form, name)
  return typed === '' ? null : Math.round(Number(typed) * 1_000_000)
}
export const shownMegabits = (bits: number | null): string => (bits === null ? '' : String(bits / 1_000_000))
