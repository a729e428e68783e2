/** The layout of a sealed secret, shared by the half that seals and the half that opens. */
import { createHash, hkdfSync } from 'node:crypto'

/** version (1) · key id (8) · ephemeral X25519 public key (32) · nonce (12) · ciphertext · tag (16) */
export const VERSION = 1
export const KEY_ID_BYTES = 8
export const PUBLIC_KEY_BYTES = 32
export const NONCE_BYTES = 12
export const TAG_BYTES = 16

/** DER in front of a raw X25519 key (RFC 8410): Node's crypto takes keys only in a container. */
export const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** Names a public key: the first 8 bytes of its SHA-256. */
export function keyId(publicKey: Uint8Array): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, KEY_ID_BYTES)
}

/** HKDF-SHA256 over the shared secret, bound to both public keys as in RFC 9180's DHKEM. */
export function deriveKey(shared: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer {
  const salt = Buffer.concat([ephemeral, recipient])
  return Buffer.from(hkdfSync('sha256', shared, salt, 'corral sealed secret v1', 32))
}
