/** Takes nodes of devices away for good: nobody has such a device open afterwards. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { Sys } from '../sys/sys.ts'
import { isRemovedHeld } from './device-file-system.ts'
import { endHolders, nodeId } from './device-holders.ts'
import { nodePath, removeNode } from './device-nodes.ts'
import { kernelName } from './device-numbers.ts'
import { isTty } from './device-use.ts'
import type { ResolvedDevice } from './resolve.ts'

/** One that is ended first writes to the disk what it has written to the device. */
const MILLISECONDS_MOST = 10_000
const PAUSE = 20

/** ioctl_tty(2): TIOCVHANGUP. Opened without waiting for a carrier, and not as anybody's terminal. */
const HANG_UP = `
use strict; use Fcntl;
sysopen(my $tty, $ARGV[0], O_RDWR | O_NOCTTY | O_NONBLOCK) && ioctl($tty, 0x5437, 0);
`

/** Of terminals alone the kernel takes back what is open, by whatever name: a process's own is /dev/tty as well. */
function hangUp(sys: Sys, veid: number, device: ResolvedDevice): void {
  const name = device.type === 'c' ? kernelName(sys, device) : null
  if (name === null || !isTty(sys, name)) return
  sys.run(['timeout', '--signal=KILL', '5', 'perl', '-e', HANG_UP, nodePath(veid, device.path)])
}

function stillOpen(veid: number, paths: readonly string[]): Problem {
  const text =
    `VE ${veid} keeps ${paths.join(', ')} open, or mounted, where no process is found that could be ended. ` +
    'It stays granted. Stop or restart the VE, then take it away.'
  return new Problem('ve-state-forbids', text)
}

/** Of nodes that an agent removed which was killed before it knew whether anybody holds them. Throws `ve-state-forbids`. */
export function refuseHeld(sys: Sys, veid: number, paths: readonly string[]): void {
  if (paths.length > 0 && isRemovedHeld(sys, veid)) throw stillOpen(veid, paths)
}

/**
 * Of devices that cannot be opened any more: whoever has one open is ended. Throws `ve-state-forbids` when one is held all the
 * same; the nodes are gone then.
 */
export function revokeNodes(sys: Sys, veid: number, devices: readonly ResolvedDevice[]): void {
  for (const device of devices) hangUp(sys, veid, device)
  const paths = devices.map(({ path }) => path)
  const ids = paths.flatMap((path) => nodeId(sys, nodePath(veid, path)) ?? [])
  const until = sys.now() + MILLISECONDS_MOST
  // By its name the next agent finds the node, should this one be killed meanwhile.
  while (endHolders(sys, veid, ids) && sys.now() < until) sys.sleep(PAUSE)
  for (const path of paths) removeNode(sys, veid, path)
  while (isRemovedHeld(sys, veid)) {
    if (sys.now() >= until) throw stillOpen(veid, paths)
    endHolders(sys, veid, ids)
    sys.sleep(PAUSE)
  }
}
