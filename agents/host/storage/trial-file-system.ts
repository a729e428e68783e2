/** A small file system in memory for a probe: what a kernel does with one is known only by trying. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { type Reason, type Untried, works } from '../facts/probe.ts'
import { probeAlone } from '../facts/probe-alone.ts'
import { ensureDirectory } from '../sys/files.ts'
import { isMountPoint } from '../sys/mounts.ts'
import type { Sys } from '../sys/sys.ts'

const AT = `${HOST_PATHS.run}/trial`
const IMAGE = `${AT}.img`

/** `mkfs`: program and arguments, which the image follows. `refused`: what it means that the kernel does not mount it. */
export type TrialFileSystem = {
  bytes: number
  mkfs: readonly [string, ...string[]]
  type: 'ext4' | 'btrfs'
  options: readonly string[]
  refused: string
}

/** One upon another. */
const MOUNTS_MOST = 4

/** Also what an agent that was killed left; false when something uses it still. The loop device goes with the mount. */
function clear(sys: Sys): boolean {
  for (let tries = 0; isMountPoint(sys, AT); tries += 1) {
    if (tries === MOUNTS_MOST || sys.run(['umount', AT]).code !== 0) return false
  }
  sys.remove(IMAGE)
  sys.remove(AT)
  return true
}

/** What mount(8) says when it has no loop device, of which the host may have more the next time. */
const NO_LOOP = /loop device/

function make(sys: Sys, { bytes, mkfs, type, options, refused }: TrialFileSystem): Reason | Untried {
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  ensureDirectory(sys, AT)
  sys.write(IMAGE, '')
  sys.extend(IMAGE, bytes)
  const unmade = works(sys, [...mkfs, IMAGE], `${mkfs[0]} fails`)
  if (unmade !== null) return { untried: unmade }
  const unmounted = works(
    sys,
    ['mount', '-t', type, '-o', ['loop', ...options].join(','), IMAGE, AT],
    refused,
  )
  return unmounted !== null && NO_LOOP.test(unmounted) ? { untried: unmounted } : unmounted
}

/** Mounted at `at` while `work` goes on. */
export function onTrialFileSystem(
  sys: Sys,
  wanted: TrialFileSystem,
  work: (at: string) => Reason,
): Reason | Untried {
  return probeAlone(sys, () => {
    if (!clear(sys)) return { untried: `What an earlier trial left at ${AT} is in use.` }
    try {
      return make(sys, wanted) ?? work(AT)
    } finally {
      clear(sys)
    }
  })
}
