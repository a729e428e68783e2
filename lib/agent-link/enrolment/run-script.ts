/** Runs one of the constant scripts over a signed-in connection. */
import type { Client, ClientChannel } from 'ssh2'
import { Problem } from '../../contract/problem.ts'
import { LineSplitter } from '../json-lines.ts'

export type ScriptEnd = { code: number | null; stdout: string; stderr: string }

const KEPT = 64 * 1024

/** How a script becomes root: it is already, or by sudo with or without a password. */
export type RootWay = { kind: 'direct' } | { kind: 'sudo' } | { kind: 'sudo-password'; password: string }

const PREFIX = {
  direct: '',
  sudo: 'sudo -n -- ',
  // -k: a remembered password would leave ours on the script's stdin.
  'sudo-password': 'sudo -k -S -p "" -- ',
} as const

/**
 * Runs `sh -c '<script>'` with `input` on its stdin. Resolves with how it ended; rejects with `link-lost` or with the
 * signal's reason. `onLine` hears stdout line by line.
 */
export function runScript(
  client: Client,
  way: RootWay,
  script: string,
  input: string,
  options: { signal: AbortSignal; onLine?: (line: string) => void },
): Promise<ScriptEnd> {
  if (script.includes("'")) throw new Error('A script must not hold a single quote.')
  const command = `${PREFIX[way.kind]}sh -c '${script}'`
  const stdin = way.kind === 'sudo-password' ? `${way.password}\n${input}` : input
  return new Promise((resolve, reject) => {
    const lost = () =>
      reject(new Problem('link-lost', 'The connection broke while the host was being set up.'))
    client.once('close', lost)
    client.exec(command, (error, channel) => {
      if (error) return reject(new Problem('host-refused', `The host runs no commands: ${error.message}.`))
      listen(channel, stdin, options)
        .then(resolve, reject)
        .finally(() => client.removeListener('close', lost))
    })
  })
}

function listen(
  channel: ClientChannel,
  stdin: string,
  { signal, onLine }: { signal: AbortSignal; onLine?: (line: string) => void },
): Promise<ScriptEnd> {
  return new Promise((resolve, reject) => {
    const splitter = new LineSplitter()
    const end: ScriptEnd = { code: null, stdout: '', stderr: '' }
    const abort = () => {
      channel.close()
      reject(signal.reason)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort)
    channel.on('data', (chunk: Buffer) => {
      end.stdout = (end.stdout + chunk.toString('utf8')).slice(-KEPT)
      try {
        for (const line of splitter.push(chunk)) onLine?.(line)
      } catch (error) {
        channel.close()
        reject(error)
      }
    })
    channel.stderr.on('data', (chunk: Buffer) => {
      end.stderr = (end.stderr + chunk.toString('utf8')).slice(-KEPT)
    })
    channel.on('exit', (code: number | null) => {
      end.code = code
    })
    channel.on('error', () => {})
    channel.on('close', () => {
      signal.removeEventListener('abort', abort)
      resolve(end)
    })
    channel.end(stdin)
  })
}
