/**
 * conmon(8), the monitor of a VE: parent of its init, holds the other end of /dev/console, keeps what init writes there,
 * notes how init ended, and runs the agent's `ended` for it.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { equipmentPaths } from '../equipment-paths.ts'
import { vePaths } from '../paths.ts'
import { ensureDirectory } from '../sys/files.ts'
import { interpreter } from '../sys/interpreter.ts'
import { commandFailed } from '../sys/run.ts'
import { ENVIRONMENT, type Sys } from '../sys/sys.ts'
import { CRUN, container } from './crun-names.ts'
import { makeMonitorGroup } from './monitor-group.ts'
import { monitorPaths } from './monitor-paths.ts'
import { consoleWords } from './restored-console.ts'
import { forNamespace, readRlimits, withRlimits } from './rlimits.ts'

/** conmon begins the log anew when it is full, so the newest is always there. */
const LOG_BYTES_MOST = 256 * 1024

/**
 * conmon tells about init on a pipe whose number it is given, then goes on by itself. Its first line is all that is waited
 * for: an agent that waited for the end of the pipe would wait for the end of the VE.
 */
const MONITOR_SCRIPT = `
for procs in $CORRAL_PROCS; do echo 0 >"$procs"; done
{ _OCI_SYNCPIPE=3 conmon "$@" 3>&1 >/dev/null; } | { IFS= read -r line; printf %s "$line"; }
`

function exitCommand(sys: Sys, veid: number, boot: string): string[] {
  const [executable, ...first] = [...interpreter(sys), HOST_PATHS.agent, 'ended', String(veid), boot]
  return [`--exit-command=${executable}`, ...first.map((word) => `--exit-command-arg=${word}`)]
}

/** conmon takes no name, only a path. */
function program(sys: Sys, name: string): string {
  const folder = ENVIRONMENT.PATH.split(':').find((each) => sys.stat(`${each}/${name}`) !== null)
  return `${folder ?? '/usr/bin'}/${name}`
}

/** The program that makes the VE, with its first words; and what conmon itself is told of it. */
type Maker = { program: string; words: readonly string[]; options: readonly string[] }

function monitorArgv(sys: Sys, veid: number, boot: string, { program, words, options }: Maker): string[] {
  const paths = monitorPaths(veid)
  const name = container(veid)
  return [
    ...['--api-version=1', `--cid=${name}`, `--cuuid=${name}`, `--name=${name}`],
    `--runtime=${program}`,
    ...words.map((word) => `--runtime-arg=${word}`),
    ...[`--bundle=${vePaths(veid).bundle}`, '--full-attach', '--terminal'],
    ...[`--log-path=k8s-file:${paths.log}`, `--log-size-max=${LOG_BYTES_MOST}`, '--no-sync-log'],
    ...[`--container-pidfile=${paths.folder}/init.pid`, `--exit-dir=${paths.exits}`],
    ...exitCommand(sys, veid, boot),
    ...options,
  ]
}

/** `limiter` is what runs the monitor with the limits that the VE is to be made with. */
function runMonitored(sys: Sys, veid: number, maker: Maker, limiter: readonly string[]): void {
  const paths = monitorPaths(veid)
  const boot = `${sys.now()}.${sys.pid}`
  ensureDirectory(sys, paths.exits)
  sys.remove(`${paths.exits}/${container(veid)}`)
  sys.write(paths.boot, boot)
  const argv = monitorArgv(sys, veid, boot, maker)
  const groups = makeMonitorGroup(sys, veid)
  // A socket that conmon makes for the terminal stays when nobody comes to it.
  const env = { ...ENVIRONMENT, TMPDIR: paths.folder, CORRAL_PROCS: groups.join(' ') }
  const result = sys.run([...limiter, 'sh', '-c', MONITOR_SCRIPT, 'conmon', ...argv], { env })
  const told = /"(?:data|pid)"\s*:\s*(-?\d+)/.exec(result.stdout)?.[1]
  if (told === undefined || Number(told) <= 0) {
    const said = [result.stderr, result.stdout].map((text) => text.trim()).filter((text) => text !== '')
    throw commandFailed(['conmon', ...argv], { code: 1, stdout: '', stderr: said.join('\n') })
  }
}

/** Runs `crun create` under a monitor of its own. */
export function createMonitored(sys: Sys, { veid, limits }: VeSpec, crunLog: string): void {
  const paths = monitorPaths(veid)
  if (sys.stat(paths.log) !== null) sys.rename(paths.log, paths.previousLog)
  const [crun, ...options] = CRUN
  const words = [...options, `--log=${crunLog}`]
  const maker = { program: program(sys, crun), words, options: [] }
  runMonitored(sys, veid, maker, withRlimits(readRlimits(sys, limits)))
}

/**
 * In mounts of its own, /tmp among them: what CRIU mounts to work with goes with it, even when it is killed. What of the host is mounted
 * in the VE may be executable there, though it comes from where nothing is: the VE's root, which mounts it now, could not change that.
 */
const APART_SCRIPT = `
mount -t tmpfs -o mode=1777 tmpfs /tmp || exit
for place in /run "$1"; do mount -o remount,bind,exec "$place" 2>/dev/null || :; done
shift; exec "$@"
`

const apart = (veid: number) => [
  ...['unshare', '--mount', '--propagation=slave'],
  ...['sh', '-c', APART_SCRIPT, 'sh', equipmentPaths(veid).home],
]

/** Runs `crun restore` under a monitor of its own, with these options; the boot log goes on. */
export function restoreMonitored(
  sys: Sys,
  { veid, limits }: VeSpec,
  crunLog: string,
  { folder, options }: { folder: string; options: readonly string[] },
): void {
  const [crun, ...first] = CRUN
  const words = consoleWords(sys, [...apart(veid), program(sys, crun), ...first, `--log=${crunLog}`])
  const [interpreter = '', ...rest] = words
  const told = [`--restore=${folder}`, ...options.map((option) => `--runtime-opt=${option}`)]
  const maker = { program: program(sys, interpreter), words: rest, options: told }
  // CRIU makes the namespace of users: what is counted for all of these together is the maker's.
  runMonitored(sys, veid, maker, withRlimits(forNamespace(readRlimits(sys, limits))))
}

/** What init ended with, as a shell says it; null when conmon did not get to note it. */
export function readExitCode(sys: Sys, veid: number): number | null {
  const text = sys.read(`${monitorPaths(veid).exits}/${container(veid)}`)?.trim() ?? ''
  return /^\d+$/.test(text) ? Number(text) : null
}

/** The name of the boot that is or was; null when there is nothing left of one. */
export function bootName(sys: Sys, veid: number): string | null {
  return sys.read(monitorPaths(veid).boot)
}

export function forgetBoot(sys: Sys, veid: number): void {
  const { folder, exits } = monitorPaths(veid)
  // In the bundle conmon leaves sockets and pipes by which others could attach to it. The folder twice: whoever counts writes there
  // until it sees that the boot's name has gone (beancounters/record.ts).
  for (const place of [exits, folder, folder, vePaths(veid).bundle]) {
    for (const name of sys.list(place)) sys.remove(`${place}/${name}`)
    sys.remove(place)
  }
  sys.remove(`${HOST_PATHS.run}/monitor`)
}
