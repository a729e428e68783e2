import { Problem } from '../contract/problem.ts'
import type { SeenHostKey } from './host-key.ts'
import { type SshAddress, sshConnect } from './ssh-connect.ts'

/** Fetches a host's key: the handshake goes as far as the key and is given up there. Nothing is signed in to. */
export async function probeHostKey(target: SshAddress, signal?: AbortSignal): Promise<SeenHostKey> {
  let seen: SeenHostKey | null = null
  const look = (key: SeenHostKey) => {
    seen = key
    return false
  }
  try {
    const client = await sshConnect(target, { username: 'nobody', password: '' }, look, signal)
    client.destroy()
  } catch (error) {
    if (seen && error instanceof Problem && error.code === 'host-key-changed') return seen
    throw error
  }
  throw new Problem('host-refused', 'The host showed no key.')
}
