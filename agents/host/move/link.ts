/** The source's way to the destination of a move: one SSH connection, kept open so that no set-up falls into the freeze. */
import type { MoveTarget } from '../../../lib/contract/moves.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun, tail } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { moveKeyPaths } from './move-paths.ts'
import { SEND, SENDER_CUT_OFF, SENDER_REFUSED } from './send-script.ts'

const IDLE_SECONDS = 900
const ALIVE_SECONDS = 5
const ALIVE_TIMES = 3
const CONNECT_SECONDS = 15

/** ssh_config(5). What this connects to, and how it is known, is the move's alone: no file of the host's says otherwise. */
function words(sys: Sys, move: string, { address, port }: MoveTarget): string[] {
  const { key, knownHosts, control } = moveKeyPaths(move)
  const aes = /^(flags|Features)\s*:.*\baes\b/m.test(sys.read('/proc/cpuinfo') ?? '')
  const options = [
    ...['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', `ControlPath=${control}`],
    ...['StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`, 'GlobalKnownHostsFile=/dev/null'],
    ...['HostKeyAlias=destination', 'CheckHostIP=no', 'Compression=no', 'LogLevel=ERROR', 'IPQoS=throughput'],
    ...[`ConnectTimeout=${CONNECT_SECONDS}`, `ServerAliveInterval=${ALIVE_SECONDS}`],
    ...[`ServerAliveCountMax=${ALIVE_TIMES}`, ...(aes ? ['Ciphers=^aes128-gcm@openssh.com'] : [])],
  ]
  const dest = ['-p', String(port), '-l', 'root', '-T']
  return [
    'ssh',
    '-F',
    '/dev/null',
    '-i',
    key,
    ...options.flatMap((each) => ['-o', each]),
    ...dest,
    '--',
    address,
  ]
}

const KEY_LINE = /^[a-z0-9@.-]+ [A-Za-z0-9+/=]+$/

/** Gives the public key. The private one never leaves this host. Asked again it is the same. */
export function makeMoveKey(sys: Sys, move: string): string {
  const { folder, key, publicKey } = moveKeyPaths(move)
  ensureDirectory(sys, folder)
  if (sys.stat(publicKey) === null) {
    sys.remove(key)
    mustRun(sys, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key])
  }
  return (sys.read(publicKey) ?? '').trim().split(' ').slice(0, 2).join(' ')
}

/** Open when it returns; one that is open is used. Throws `host-unreachable`. */
export function openLink(sys: Sys, move: string, target: MoveTarget): void {
  const { knownHosts, control } = moveKeyPaths(move)
  if (target.hostKeys.some((line) => !KEY_LINE.test(line))) {
    throw new Problem('invalid-input', 'The destination’s host keys are no keys.')
  }
  sys.write(knownHosts, target.hostKeys.map((line) => `destination ${line}\n`).join(''))
  const ssh = words(sys, move, target)
  if (sys.stat(control) !== null) {
    if (sys.run([...ssh.slice(0, 1), '-O', 'check', ...ssh.slice(1)]).code === 0) return
    sys.remove(control)
  }
  const opened = sys.run([
    ...ssh.slice(0, 1),
    '-M',
    '-N',
    '-f',
    '-o',
    `ControlPersist=${IDLE_SECONDS}`,
    ...ssh.slice(1),
  ])
  if (opened.code === 0) return
  const why = opened.stderr.trim().split('\n').pop() ?? ''
  throw new Problem('host-unreachable', `The destination cannot be reached from this host: ${why}`, {
    context: { stderrTail: tail(opened.stderr) },
  })
}

/** What goes by it is cut off. Harmless when it is closed. */
export function closeLink(sys: Sys, move: string): void {
  const { control } = moveKeyPaths(move)
  if (sys.stat(control) === null) return
  sys.run(['ssh', '-F', '/dev/null', '-o', `ControlPath=${control}`, '-O', 'exit', 'destination'])
  sys.remove(control)
}

export function removeMoveKey(sys: Sys, move: string): void {
  closeLink(sys, move)
  const { folder } = moveKeyPaths(move)
  for (const name of sys.list(folder)) sys.remove(`${folder}/${name}`)
  sys.remove(folder)
}

/** Sends what send-script.ts is told of by these words, beside what this process does until it waits for the number of bytes. */
export function startSending(
  sys: Sys,
  move: string,
  target: MoveTarget,
  what: readonly string[],
): { wait(): number } {
  const ssh = words(sys, move, target)
  const sending = sys.start(['perl', '-e', SEND, String(ssh.length), ...ssh, ...what])
  return {
    wait: () => {
      const { code, stdout, stderr } = sending.wait()
      const sent = /^sent (\d+)$/m.exec(stdout)?.[1]
      if (code === 0 && sent !== undefined) return Number(sent)
      throw sendingFailed(code, stderr)
    },
  }
}

function sendingFailed(code: number, stderr: string): Problem {
  const why = stderr.trim().split('\n').pop() ?? ''
  if (code === SENDER_REFUSED && /No space left|quota exceeded/i.test(why)) {
    return new Problem('no-disk-space', 'The disk of the destination is full.')
  }
  const context = { stderrTail: tail(stderr) }
  if (code === SENDER_REFUSED)
    return new Problem('command-failed', `The destination refused what was sent: ${why}.`, { context })
  if (code === SENDER_CUT_OFF)
    return new Problem('link-lost', `The connection to the destination broke: ${why}.`, { context })
  return new Problem('command-failed', `Sending failed: ${why}.`, { context })
}
