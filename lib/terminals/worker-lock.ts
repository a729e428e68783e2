/**
 * How the web process and a worker know each other on the way between them: TLS with a key of its own for each worker, made
 * from the panel's secret. Another user of the machine can neither use a worker's port nor pose as a worker that died
 * (RFC 4279: both sides prove the key, nothing is sent before).
 */
import { createHmac } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import { panelSecret } from '../auth/panel-secret.ts'

const CIPHERS = 'ECDHE-PSK-CHACHA20-POLY1305'
/** With TLS 1.3 Node's callbacks are not asked. */
const VERSION = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: CIPHERS } as const
const IDENTITY = 'web'

const keyOf = (workerId: string): Buffer =>
  createHmac('sha256', panelSecret()).update(`terminals of worker ${workerId}`).digest()

export function workerLock(workerId: string): TlsOptions {
  const key = keyOf(workerId)
  return { ...VERSION, pskCallback: (_socket, identity) => (identity === IDENTITY ? key : null) }
}

export function workerUnlock(workerId: string) {
  const key = keyOf(workerId)
  return {
    ...VERSION,
    pskCallback: () => ({ psk: key, identity: IDENTITY }),
    // There are no certificates: the key is what both are known by.
    checkServerIdentity: () => undefined,
  }
}
