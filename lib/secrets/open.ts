/** Opening of sealed secrets. For workers only: nothing the web imports may reach this file. */
import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto'
import {
  deriveKey,
  KEY_ID_BYTES,
  keyId,
  NONCE_BYTES,
  PUBLIC_KEY_BYTES,
  SPKI_PREFIX,
  TAG_BYTES,
  VERSION,
} from './sealed-format.ts'

const HEADER_BYTES = 1 + KEY_ID_BYTES + PUBLIC_KEY_BYTES + NONCE_BYTES

/** The raw public half of an X25519 private key. */
export function publicHalf(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
}

export function readPrivateKey(pem: string): KeyObject {
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'x25519') throw new Error('The sealing key is not an X25519 key.')
  return key
}

/** Opens what `seal` made. Throws when it is cut, changed, for another key or for another purpose. */
export function open(privateKey: KeyObject, sealed: Uint8Array, purpose: string): unknown {
  const bytes = Buffer.from(sealed)
  if (bytes.length < HEADER_BYTES + TAG_BYTES) throw new Error('The sealed secret is too short.')
  if (bytes[0] !== VERSION) throw new Error(`The sealed secret has unknown version ${bytes[0]}.`)
  const recipient = publicHalf(privateKey)
  let at = 1
  const take = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  if (!take(KEY_ID_BYTES).equals(keyId(recipient))) throw new Error('The secret is sealed to another key.')
  const ephemeral = take(PUBLIC_KEY_BYTES)
  const nonce = take(NONCE_BYTES)
  const body = bytes.subarray(at, -TAG_BYTES)
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, ephemeral]),
    format: 'der',
    type: 'spki',
  })
  const shared = diffieHellman({ privateKey, publicKey })
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(shared, ephemeral, recipient), nonce)
  decipher.setAAD(Buffer.from(purpose, 'utf8'))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return JSON.parse(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'))
}
