/** One SSH connection: made with the host key checked, its errors as problems. */
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import { Problem } from '../contract/problem.ts'
import { describeHostKey, type SeenHostKey } from './host-key.ts'

export type SshAddress = { address: string; port: number }
export type SshAuth = { username: string } & (
  | { password: string }
  | { privateKey: string; passphrase?: string }
)

const HANDSHAKE_MS = 15_000
/** A host that says nothing for three of these is lost. */
const KEEPALIVE_MS = 5_000
const KEEPALIVE_MISSES = 3

/** Asked of the host key while the handshake goes on; false ends it before anything else is said. */
export type HostKeyJudge = (key: SeenHostKey) => boolean

/**
 * Connects and signs in. Rejects with `host-unreachable`, `host-refused`, `host-key-changed`, `sign-in-failed`, or the
 * signal's reason. `error` events after that are swallowed: the `close` event tells.
 */
export function sshConnect(
  target: SshAddress,
  auth: SshAuth,
  judge: HostKeyJudge,
  signal?: AbortSignal,
): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    let refused: SeenHostKey | null = null
    let settled = false
    const settle = (act: () => void) => {
      if (settled) return
      settled = true
      signal?.removeEventListener('abort', abort)
      act()
    }
    const fail = (error: unknown) =>
      settle(() => {
        client.destroy()
        reject(error)
      })
    const abort = () => fail(signal?.reason)
    client.on('ready', () =>
      settle(() => {
        // Small requests one after the other would each wait for the other side's delayed acknowledgement.
        client.setNoDelay(true)
        resolve(client)
      }),
    )
    client.on('error', (error) => fail(refused ? keyChanged(target, refused) : connectProblem(target, error)))
    client.on('close', () =>
      fail(new Problem('host-refused', `${where(target)} closed the connection before signing in.`)),
    )
    // A password is also what servers ask for through keyboard-interactive.
    client.on('keyboard-interactive', (_name, _instructions, _lang, prompts, finish) =>
      finish(prompts.map(() => ('password' in auth ? auth.password : ''))),
    )
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) return abort()
    const hostVerifier = (blob: Buffer) => {
      const key = describeHostKey(blob)
      if (judge(key)) return true
      refused = key
      return false
    }
    try {
      client.connect(connectConfig(target, auth, hostVerifier))
    } catch (error) {
      fail(keyFault(error))
    }
  })
}

function connectConfig(
  target: SshAddress,
  auth: SshAuth,
  hostVerifier: (blob: Buffer) => boolean,
): ConnectConfig {
  return {
    host: target.address,
    port: target.port,
    ...auth,
    tryKeyboard: 'password' in auth,
    hostVerifier,
    readyTimeout: HANDSHAKE_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_MISSES,
  }
}

export const where = (target: SshAddress) => `${target.address} port ${target.port}`

function keyChanged(target: SshAddress, key: SeenHostKey): Problem {
  return new Problem('host-key-changed', `${where(target)} shows the key ${key.fingerprint}.`, {
    context: { fingerprint: key.fingerprint },
  })
}

/** ssh2 parses a private key when connecting, and throws. */
function keyFault(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error)
  return new Problem(
    'sign-in-failed',
    `The private key cannot be used: ${message.replace(/^Cannot parse privateKey: /, '')}.`,
  )
}

const UNREACHABLE: Record<string, string> = {
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to its network',
  EHOSTDOWN: 'it is down',
  ETIMEDOUT: 'it does not answer',
  ENOTFOUND: 'its name is unknown',
  EAI_AGAIN: 'its name cannot be looked up now',
  ENODATA: 'its name has no address',
}

function connectProblem(target: SshAddress, error: Error & { code?: unknown; level?: string }): Problem {
  const more = { cause: error, context: { message: error.message, level: error.level } }
  const code = String(error.code ?? '')
  if (error.level === 'client-authentication')
    return new Problem(
      'sign-in-failed',
      `${where(target)} does not accept the user with this password or key.`,
      more,
    )
  if (code === 'ECONNREFUSED')
    return new Problem('host-refused', `${where(target)}: nothing listens there.`, more)
  const reason = UNREACHABLE[code]
  if (reason) return new Problem('host-unreachable', `${where(target)}: ${reason}.`, more)
  if (error.level === 'client-timeout')
    return new Problem(
      'host-unreachable',
      `${where(target)} did not answer within ${HANDSHAKE_MS / 1000} seconds.`,
      more,
    )
  return new Problem('host-refused', `${where(target)} does not talk SSH with us: ${error.message}.`, more)
}
