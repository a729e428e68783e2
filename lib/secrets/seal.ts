/** Sealing: anyone with the workers' public key can seal, only a worker can open (`open.ts`). */
import { createCipheriv, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto'
import { deriveKey, keyId, NONCE_BYTES, SPKI_PREFIX, VERSION } from './sealed-format.ts'

/**
 * Seals a JSON value to a raw X25519 public key: ephemeral key, HKDF-SHA256, AES-256-GCM.
 * `purpose` is authenticated with it: what was sealed for one purpose does not open for another.
 */
export function seal(publicKey: Uint8Array, value: unknown, purpose: string): Buffer {
  const recipient = Buffer.from(publicKey)
  const recipientKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, recipient]),
    format: 'der',
    type: 'spki',
  })
  const pair = generateKeyPairSync('x25519')
  const ephemeral = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
  const shared = diffieHellman({ privateKey: pair.privateKey, publicKey: recipientKey })
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', deriveKey(shared, ephemeral, recipient), nonce)
  cipher.setAAD(Buffer.from(purpose, 'utf8'))
  const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.of(VERSION), keyId(recipient), ephemeral, nonce, body, cipher.getAuthTag()])
}

/** The purpose that an operation's secret is sealed for: a secret cannot be moved to another operation. */
export const operationPurpose = (operationId: string): string => `operation ${operationId}`
