/** A link to the same list with some parameters changed; any change but of the place goes to the first page. */
export function listHref(
  path: string,
  params: Record<string, string>,
  change: Record<string, string | null>,
): string {
  const next = new URLSearchParams(params)
  if (!('cursor' in change)) {
    next.delete('cursor')
    next.delete('skipped')
  }
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name)
    else next.set(name, value)
  }
  const text = next.toString()
  return text === '' ? path : `${path}?${text}`
}
