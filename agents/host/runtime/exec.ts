import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { veCgroup, vePaths } from '../paths.ts'
import { cgroupProcesses } from '../resources/cgroup.ts'
import { readJson } from '../sys/files.ts'
import { parseProcStat } from '../sys/process-identity.ts'
import type { Sys } from '../sys/sys.ts'
import { CRUN, container } from './crun-names.ts'
import { monitorPaths } from './monitor-paths.ts'

type Process = Record<string, unknown> & { env?: string[] }
type Command = Pick<
  AgentParams<'ve-exec'>,
  'command' | 'environment' | 'stdin' | 'timeoutSeconds' | 'outputBytes'
>

const SIGKILL = 9
const SIGNALS_MOST = 64
const KILL_ROUNDS = 50

/** As root of the VE, with what its own init was given: OCI's `process`. In a file, since arguments of a program are no secret. */
export function execProcess(
  sys: Sys,
  veid: number,
  args: readonly string[],
  environment: Record<string, string>,
  terminal: boolean,
): Process {
  const made = readJson<{ process: Process }>(sys, `${vePaths(veid).bundle}/config.json`)?.process ?? {}
  const own = { HOME: '/root', USER: 'root', LOGNAME: 'root', ...environment }
  const names = Object.keys(own)
  const inherited = (made.env ?? []).filter((line) => !names.some((name) => line.startsWith(`${name}=`)))
  return {
    ...made,
    terminal,
    args,
    user: { uid: 0, gid: 0 },
    cwd: '/',
    env: [...inherited, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)],
  }
}

/** Where the parts of one exec are, while it goes on: of an agent that was killed they go with that run of the VE. */
export function execFiles(sys: Sys, veid: number): { process: string; pid: string; log: string } {
  const common = `${monitorPaths(veid).folder}/exec.${sys.pid}`
  return { process: `${common}.json`, pid: `${common}.pid`, log: `${common}.log` }
}

/** crun makes the command the leader of a session of its own: what it started belongs to that, unless it left on purpose. */
export function killSession(sys: Sys, veid: number, leader: number): void {
  if (!(leader > 0)) return
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const members = cgroupProcesses(sys, veCgroup(veid)).filter((pid) => sessionOf(sys, pid) === leader)
    if (members.length === 0) return
    for (const pid of members) sys.kill(pid, SIGKILL)
    sys.sleep(2)
  }
}

/** The session of a living process, as the host counts it. */
function sessionOf(sys: Sys, pid: number): number | null {
  try {
    const stat = parseProcStat(sys.read(`/proc/${pid}/stat`) ?? '')
    return stat === null || stat.state === 'Z' ? null : stat.session
  } catch {
    return null // it ended between open and read
  }
}

/** crun says in its log why nothing was run; a command that ran leaves the log empty. Codes as a shell gives them. */
function codeOfRefusal(said: string): number {
  return /No such file|not found/i.test(said) ? 127 : 126
}

/** Runs a command in a running VE. Its exit code above 128 counts as the signal that a shell means by it. */
export function execInVe(sys: Sys, veid: number, command: Command): AgentResult<'ve-exec'> {
  const files = execFiles(sys, veid)
  const process = execProcess(sys, veid, command.command, command.environment, false)
  sys.write(files.process, JSON.stringify(process))
  try {
    const argv = [
      ...[...CRUN, `--log=${files.log}`, 'exec', `--process=${files.process}`],
      ...[`--pid-file=${files.pid}`, container(veid)],
    ]
    const ended = sys.runBounded(argv, {
      stdin: command.stdin,
      timeoutMs: command.timeoutSeconds * 1000,
      outputBytes: command.outputBytes,
      onTimeout: () => killSession(sys, veid, Number(sys.read(files.pid) ?? 0)),
    })
    const { stdout, truncated, timedOut } = ended
    const refusal = sys.read(files.log)?.trim() ?? ''
    const stderr = refusal === '' ? ended.stderr : `${refusal}\n`.slice(0, command.outputBytes)
    const code = refusal === '' ? ended.code : codeOfRefusal(refusal)
    const signal = code > 128 && code <= 128 + SIGNALS_MOST ? code - 128 : null
    return {
      exitCode: signal === null && !timedOut ? code : null,
      signal,
      timedOut,
      stdout,
      stderr,
      truncated,
    }
  } finally {
    for (const path of Object.values(files)) sys.remove(path)
  }
}
