/** The password or key of a form; undefined when it has no such fields. Nothing is trimmed: a space may belong to it. */
export function readCredential(form: FormData): Record<string, unknown> | undefined {
  const kind = form.get('credential.kind')
  const passphrase = form.get('credential.passphrase')
  if (kind === 'password') return { kind, password: form.get('credential.password') ?? '' }
  if (kind !== 'key') return undefined
  const privateKey = String(form.get('credential.privateKey') ?? '').replaceAll('\r\n', '\n')
  return { kind, privateKey, ...(passphrase ? { passphrase } : {}) }
}
