/** The line of root's authorized_keys by which the source of one move comes in (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { withLock } from '../lock.ts'
import { ensureDirectory, replaceFileDurably } from '../sys/files.ts'
import { interpreter } from '../sys/interpreter.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { Accepted } from './incoming.ts'

const FOLDER = '/root/.ssh'
const SSHD = '/etc/ssh'

const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/=]{40,200}$/
/** Nothing that could end its quotation. */
const ADDRESS = /^[0-9a-fA-F.:]{2,64}$/

const comment = (move: string) => `corral-move:${move}`

/** "20261121233000Z": in UTC. */
const expiry = (at: number) => new Date(at).toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '')

type Way = Pick<Accepted, 'move' | 'publicKey' | 'expiresAt'> & { veid: number; from: string }

/** Pure. Throws `invalid-input`. */
export function authorizedLine({ veid, move, publicKey, from, expiresAt }: Way, agent: string): string {
  const fields = {
    ...(PUBLIC_KEY.test(publicKey) ? {} : { publicKey: 'It is no public key of type ssh-ed25519.' }),
    ...(ADDRESS.test(from) ? {} : { from: 'It is no address.' }),
  }
  const [first] = Object.values(fields)
  if (first !== undefined) throw new Problem('invalid-input', first, { fields })
  const command = `${agent} receive ${veid} ${move}`
  const options = `restrict,from="${from}",expiry-time="${expiry(expiresAt)}",command="${command}"`
  return `${options} ${publicKey} ${comment(move)}`
}

function change(sys: Sys, move: string, add: string | null): void {
  withLock(sys, 'authorized-keys', 'root’s authorized_keys', move, () => {
    const named = `${FOLDER}/authorized_keys`
    const file =
      sys.stat(named)?.kind === 'symlink' ? mustRun(sys, ['readlink', '-f', named]).stdout.trim() : named
    const old = (sys.read(file) ?? '').split('\n').filter((line) => line !== '')
    const kept = old.filter((line) => !line.endsWith(` ${comment(move)}`))
    const lines = add === null ? kept : [...kept, add]
    if (lines.join('\n') === old.join('\n')) return
    ensureDirectory(sys, FOLDER)
    replaceFileDurably(sys, file, lines.map((line) => `${line}\n`).join(''))
  })
}

export function authorize(sys: Sys, way: Way): void {
  change(sys, way.move, authorizedLine(way, [...interpreter(sys), HOST_PATHS.agent].join(' ')))
}

/** Harmless when there is none. */
export function unauthorize(sys: Sys, move: string): void {
  change(sys, move, null)
}

/** By which this host's sshd may show itself: type and key each. */
export function hostKeys(sys: Sys): string[] {
  const files = sys.list(SSHD).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name))
  return files.flatMap((name) => {
    const [type, key] = (sys.read(`${SSHD}/${name}`) ?? '').trim().split(/\s+/)
    return type === undefined || key === undefined ? [] : [`${type} ${key}`]
  })
}
