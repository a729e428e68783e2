import { Client } from 'ssh2'
import type { LabHost } from './lab-state.ts'

export type HostShell = {
  /** Runs a program as root on the host and gives its stdout; rejects with its stderr when it fails. */
  execute: (argv: readonly string[], input?: string) => Promise<string>
  close: () => void
}

export type ShellAddress = Pick<LabHost, 'address' | 'sshPort' | 'rootPassword'>

/** SSH with root's password, as a person would first log in; for tests and measurements, never for the panel. */
export async function openHostShell(host: ShellAddress): Promise<HostShell> {
  const client = new Client()
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).on('error', reject)
    client.connect({ host: host.address, port: host.sshPort, username: 'root', password: host.rootPassword })
  })
  // Small requests one after the other: without this each waits 40 ms for the other side's delayed acknowledgement, twice.
  client.setNoDelay(true)
  // The connection may be cut on purpose; what was running then fails by itself.
  client.removeAllListeners('error').on('error', () => {})
  return { execute: (argv, input) => execute(client, argv, input), close: () => client.end() }
}

/** SSH carries one line for the remote shell: each argument goes in single quotes. */
const quoted = (argv: readonly string[]) => argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')

function execute(client: Client, argv: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(quoted(argv), (error, channel) => {
      if (error) return reject(error)
      const said = { stdout: '', stderr: '' }
      channel.setEncoding('utf8').on('data', (text: string) => {
        said.stdout += text
      })
      channel.stderr.setEncoding('utf8').on('data', (text: string) => {
        said.stderr += text
      })
      channel.once('close', (code: number | undefined) => {
        if (code === 0) resolve(said.stdout)
        else
          reject(
            new Error(
              `${argv[0]} on the host ended with ${code ?? 'a lost connection'}: ${said.stderr.trim()}`,
            ),
          )
      })
      channel.end(input)
    })
  })
}
