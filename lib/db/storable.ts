/**
 * PostgreSQL keeps neither NUL nor half of a surrogate pair, in text or JSON, and what hosts say may hold both: without
 * this a single such character would fail every try to write down what happened.
 */
export function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd')
}

/** A copy of a JSON value whose strings and names are storable; null for what JSON leaves out. */
export function storableJson(value: unknown): unknown {
  // JSON.stringify writes NUL and lone surrogates as escapes; a backslash before them may itself be escaped.
  const unstorable = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g
  const text = JSON.stringify(value) ?? 'null'
  return JSON.parse(text.replace(unstorable, (found) => (found === '\\\\' ? found : '\ufffd')))
}
