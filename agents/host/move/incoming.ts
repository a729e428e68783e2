/** What the destination of a move has accepted, and what has come of it. */

import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import { ensureDirectory, readJson, replaceFileDurably } from '../sys/files.ts'
import { mustRun, mustStart } from '../sys/run.ts'
import type { Started, Sys } from '../sys/sys.ts'
import { movePaths } from './move-paths.ts'

/** `diskBytes`, `memoryBytes`: the most that may come. */
export type Accepted = {
  move: string
  spec: VeSpec
  publicKey: string
  expiresAt: number
  diskBytes: number
  memoryBytes: number
}

/** What the source says last: the digest of the release that it will journal, in hexadecimal. */
export type Seal = { release: string; live: boolean }

export const readAccepted = (sys: Sys, veid: number) => readJson<Accepted>(sys, movePaths(veid).accepted)

/** What is accepted, or was taken over by an agent that was killed then. Null when there is none. */
export function findArrived(sys: Sys, veid: number): Accepted | null {
  return readAccepted(sys, veid) ?? readJson<Accepted>(sys, movePaths(veid).adopted)
}

/** Nothing when it says so already. On the disk when it returns, but for its place in the directory. */
export function writeSpec(sys: Sys, spec: VeSpec): void {
  const { home, uuid, spec: file } = vePaths(spec.veid)
  const inside = (path: string) => path.replace(home, movePaths(spec.veid).incoming)
  for (const [path, text] of [
    [inside(uuid), `${spec.uuid}\n`],
    [inside(file), JSON.stringify(spec)],
  ] as const) {
    if (sys.read(path) !== text) replaceFileDurably(sys, path, text)
  }
}

/** With all that it needs to be a VE of this host by a mere change of names, so that none of that is left for when it stands still. */
export function writeAccepted(sys: Sys, accepted: Accepted): void {
  const { incoming, accepted: file } = movePaths(accepted.spec.veid)
  ensureDirectory(sys, incoming)
  writeSpec(sys, accepted.spec)
  replaceFileDurably(sys, file, JSON.stringify(accepted))
  mustRun(sys, ['sync', incoming, HOST_PATHS.ve])
}

/** For perl(1): ends the program that receives for that directory, if one does, and only that (receive-script.ts). */
const END_RECEIVER = `
use Fcntl qw(:flock);
open(my $lock, '+<', shift) or exit 0;
until (flock($lock, LOCK_EX | LOCK_NB)) {
  sysseek($lock, 0, 0); sysread($lock, my $pid, 20);
  kill 9, $1 if ($pid // '') =~ /^(\\d+)\\n/ && $1 > 1;
  select(undef, undef, undef, 0.02);
}
`

/** Once nothing is accepted any more: nobody writes there when it returns. */
export function endReceiver(sys: Sys, veid: number): void {
  startEndingReceiver(sys, veid).wait()
}

export function startEndingReceiver(sys: Sys, veid: number): Started {
  return mustStart(sys, ['perl', '-e', END_RECEIVER, `${movePaths(veid).incoming}/receiver`])
}

/** All that came, and the promise to take it: nothing of it can be activated when this returns. */
export function removeIncoming(sys: Sys, veid: number): void {
  const { incoming, accepted, adopted, checkpoint } = movePaths(veid)
  if (sys.stat(incoming) === null) return
  sys.remove(accepted)
  sys.remove(adopted)
  mustRun(sys, ['sync', incoming])
  endReceiver(sys, veid)
  for (const folder of [checkpoint, incoming]) {
    for (const name of sys.list(folder)) sys.remove(`${folder}/${name}`)
    sys.remove(folder)
  }
  if (sys.stat(incoming) !== null) {
    throw new Problem('command-failed', `What came of VE ${veid} cannot be removed: ${incoming}.`)
  }
}
