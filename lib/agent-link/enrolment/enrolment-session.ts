/** A session with the admin's own credential: what enrolment does on a host before there is an agent. */
import { createHash } from 'node:crypto'
import type { Client } from 'ssh2'
import { Problem } from '../../contract/problem.ts'
import type { SeenHostKey } from '../host-key.ts'
import { type SshAddress, type SshAuth, sshConnect } from '../ssh-connect.ts'
import { type Inspected, parseInspection } from './inspection.ts'
import { type RootWay, runScript, type ScriptEnd } from './run-script.ts'
import { INSPECT, INSTALL_AGENT, INSTALL_PACKAGES, REMOVE_AGENT } from './scripts.ts'

export type EnrolmentTarget = SshAddress & { fingerprint: string; auth: SshAuth }

/** What is laid down on the host. */
export type AgentFiles = {
  bundle: string
  /** "ssh-ed25519 AAAA…" of the panel's key, and of the key that signs agents. */
  panelKey: string
  releaseKey: string
}

/** Without the agent's source, of which QuickJS keeps a copy in each function, it takes a megabyte less. */
const FORCED_COMMAND =
  'command="/usr/bin/qjs --std --strip-source /usr/local/lib/corral/agent.js serve",restrict,pty'
const UNAVAILABLE = '@unavailable '
const TAIL_LINES = 15

export class EnrolmentSession {
  readonly hostKey: SeenHostKey
  readonly #client: Client
  readonly #auth: SshAuth
  #way: Promise<RootWay | null> | null = null
  #closed = false

  private constructor(client: Client, auth: SshAuth, hostKey: SeenHostKey) {
    this.#client = client
    this.#auth = auth
    this.hostKey = hostKey
    client.on('close', () => {
      this.#closed = true
    })
  }

  /** Whether the connection has ended: then nothing can be done with it any more. */
  get closed(): boolean {
    return this.#closed
  }

  /** Signs in. The credential is offered only to a host that shows the confirmed key. */
  static async signIn(target: EnrolmentTarget, signal: AbortSignal): Promise<EnrolmentSession> {
    const seen: SeenHostKey[] = []
    const judge = (key: SeenHostKey) => seen.push(key) > 0 && key.fingerprint === target.fingerprint
    const client = await sshConnect(target, target.auth, judge, signal)
    const [hostKey] = seen
    if (!hostKey) throw new Problem('host-refused', 'The host showed no key.')
    client.on('error', () => {})
    return new EnrolmentSession(client, target.auth, hostKey)
  }

  async inspect(signal: AbortSignal): Promise<Inspected & { root: 'direct' | 'sudo' | 'none' }> {
    const way = await this.#rootWay(signal)
    const { stdout } = await runScript(this.#client, way ?? { kind: 'direct' }, INSPECT, '', { signal })
    const root = way === null ? 'none' : way.kind === 'direct' ? 'direct' : 'sudo'
    return { root, ...parseInspection(stdout) }
  }

  async installPackages(
    packages: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<{ unavailable: string[] }> {
    const unavailable: string[] = []
    const lines: string[] = []
    const end = await this.#run(INSTALL_PACKAGES, `${packages.join('\n')}\n`, signal, (line) => {
      if (line.startsWith(UNAVAILABLE)) return void unavailable.push(line.slice(UNAVAILABLE.length))
      lines.push(line)
      onLine(line)
    })
    if (end.code === 0) return { unavailable }
    const context = { exitCode: end.code, output: lines.slice(-TAIL_LINES), stderr: end.stderr }
    if (lines.some((line) => line.includes('No space left on device') || line.includes('enough free space')))
      throw new Problem('no-disk-space', 'The packages do not fit on the host’s disk.', { context })
    const detail = `apt-get could not install ${packages.join(', ')}: ${lastError(lines)}`
    throw new Problem('missing-packages', detail, { context })
  }

  async installAgent(operationId: string, files: AgentFiles, signal: AbortSignal): Promise<void> {
    const header = [
      operationId,
      blobOf(files.panelKey),
      `${FORCED_COMMAND} ${files.panelKey} corral`,
      `corral namespaces="corral-agent" ${files.releaseKey}`,
      createHash('sha256').update(files.bundle).digest('hex'),
    ]
    const end = await this.#run(INSTALL_AGENT, `${header.join('\n')}\n${files.bundle}`, signal)
    if (end.code === 0) return
    const full = end.stderr.includes('No space left on device')
    throw new Problem(
      full ? 'no-disk-space' : 'command-failed',
      `The agent could not be installed: ${end.stderr.trim()}`,
      {
        context: { exitCode: end.code },
      },
    )
  }

  async removeAgent(operationId: string, panelKey: string, signal: AbortSignal): Promise<void> {
    const end = await this.#run(REMOVE_AGENT, `${operationId}\n${blobOf(panelKey)}\n`, signal)
    if (end.code !== 0)
      throw new Problem('command-failed', `What was installed could not be removed: ${end.stderr.trim()}`, {
        context: { exitCode: end.code },
      })
  }

  close(): void {
    this.#client.end()
  }

  async #run(
    script: string,
    input: string,
    signal: AbortSignal,
    onLine?: (line: string) => void,
  ): Promise<ScriptEnd> {
    const way = await this.#rootWay(signal)
    if (!way) throw new Problem('no-root', 'The user has no root rights, and sudo does not give them.')
    return runScript(this.#client, way, script, input, { signal, onLine })
  }

  /** Null when there is no way to be root. */
  #rootWay(signal: AbortSignal): Promise<RootWay | null> {
    this.#way ??= this.#findRootWay(signal)
    this.#way.catch(() => {
      this.#way = null
    })
    return this.#way
  }

  async #findRootWay(signal: AbortSignal): Promise<RootWay | null> {
    const ways: RootWay[] = [{ kind: 'direct' }, { kind: 'sudo' }]
    if ('password' in this.#auth) ways.push({ kind: 'sudo-password', password: this.#auth.password })
    for (const way of ways) {
      const { code, stdout } = await runScript(this.#client, way, 'id -u', '', { signal })
      if (code === 0 && stdout.trim() === '0') return way
    }
    return null
  }
}

const blobOf = (publicKey: string) => publicKey.split(' ')[1] ?? ''

/** apt-get says what is wrong in lines that begin with "E: ". */
function lastError(lines: string[]): string {
  const errors = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice(3))
  return errors.at(-1) ?? lines.at(-1) ?? 'it said nothing.'
}
