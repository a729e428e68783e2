/** A form as an object: `limits.memoryBytes` nests, a name that ends in `[]` is a list, empty text is left out. */
type Nested = { [name: string]: unknown }

const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

export function formObject(form: FormData): Nested {
  const result: Nested = Object.create(null)
  for (const [name, value] of form.entries()) {
    // Names that start with $ are React's own; a file has no place in these forms.
    if (name.startsWith('$') || name === 'idempotencyKey' || typeof value !== 'string') continue
    const list = name.endsWith('[]')
    const path = (list ? name.slice(0, -2) : name).split('.')
    if (value === '' || path.some((part) => RESERVED.has(part))) continue
    place(result, path, value, list)
  }
  return result
}

function place(target: Nested, path: string[], value: string, list: boolean): void {
  const [head = '', ...rest] = path
  if (rest.length > 0) {
    target[head] ??= Object.create(null)
    place(target[head] as Nested, rest, value, list)
    return
  }
  if (list) target[head] = [...((target[head] as string[] | undefined) ?? []), value]
  else target[head] = value
}
