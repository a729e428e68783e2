import { createHash } from 'node:crypto'

export type SeenHostKey = { hostKey: string; keyType: string; fingerprint: string }

/** A host key from SSH's wire form: "ssh-ed25519 AAAA…", its type, and "SHA256:…" as ssh-keygen -l prints it. */
export function describeHostKey(blob: Buffer): SeenHostKey {
  const length = blob.readUInt32BE(0)
  const keyType = blob.subarray(4, 4 + length).toString('ascii')
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return { hostKey: `${keyType} ${blob.toString('base64')}`, keyType, fingerprint: `SHA256:${digest}` }
}
