/** The keys that only workers have: files in DIR/secrets, mode 0600, made at the first start. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import ssh2 from 'ssh2'
import { newSshKey } from '../agent-link/new-ssh-key.ts'
import { db } from '../db/client.ts'
import { publicHalf, readPrivateKey } from '../secrets/open.ts'
import { keyId } from '../secrets/sealed-format.ts'

/** An OpenSSH key pair: private half as PEM text, public half as "ssh-ed25519 AAAA…". */
export type SshKeyPair = { privateKey: string; publicKey: string; path: string }

const secretPath = (dataDir: string, name: string) => path.join(dataDir, 'secrets', name)

/** Reads a secret file, making it first if need be. Two workers that start at once end up with the same one. */
function ensureSecret(dataDir: string, name: string, make: () => string): string {
  const file = secretPath(dataDir, name)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, make(), { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(file, 'utf8')
}

/** The panel's key for its hosts ("host-key"), or the one that signs agents ("release-key"). */
export function ensureSshKey(dataDir: string, name: 'host-key' | 'release-key'): SshKeyPair {
  const privateKey = ensureSecret(dataDir, name, newSshKey)
  const parsed = ssh2.utils.parseKey(privateKey)
  if (parsed instanceof Error) throw new Error(`${secretPath(dataDir, name)}: ${parsed.message}`)
  const publicKey = `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`
  return { privateKey, publicKey, path: secretPath(dataDir, name) }
}

/** The key that secrets are sealed to. Its public half is put into the database, where the web process finds it. */
export async function ensureSealingKey(dataDir: string): Promise<KeyObject> {
  const pem = ensureSecret(dataDir, 'sealing-key', () =>
    generateKeyPairSync('x25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  )
  const key = readPrivateKey(pem)
  const publicKey = new Uint8Array(publicHalf(key))
  const id = keyId(publicKey).toString('hex')
  await db().sealingKey.createMany({ data: [{ id, publicKey }], skipDuplicates: true })
  return key
}
