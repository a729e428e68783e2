import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { open, publicHalf, readPrivateKey } from './open.ts'
import { operationPurpose, seal } from './seal.ts'

const { privateKey } = generateKeyPairSync('x25519')
const publicKey = publicHalf(privateKey)
const secret = { kind: 'password', password: 'correct horse – 馬' }
const purpose = operationPurpose('018f0000-0000-7000-8000-000000000001')

test('what is sealed to a key opens with its private half', () => {
  expect(open(privateKey, seal(publicKey, secret, purpose), purpose)).toEqual(secret)
})

test('the secret is not in the bytes, and two sealings differ', () => {
  const [one, other] = [seal(publicKey, secret, purpose), seal(publicKey, secret, purpose)]
  expect(one.includes('correct horse')).toBe(false)
  expect(one.equals(other)).toBe(false)
})

test('another operation, another key, a changed byte or a cut end do not open', () => {
  const sealed = seal(publicKey, secret, purpose)
  expect(() => open(privateKey, sealed, operationPurpose('other'))).toThrow()
  expect(() => open(generateKeyPairSync('x25519').privateKey, sealed, purpose)).toThrow(/another key/)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => open(privateKey, changed, purpose), `byte ${at}`).toThrow()
  }
  expect(() => open(privateKey, sealed.subarray(0, 40), purpose)).toThrow(/too short/)
})

test('a key of another kind is refused', () => {
  const other = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })
  expect(() => readPrivateKey(other.toString())).toThrow(/X25519/)
})
