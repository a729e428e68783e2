import { monitorPaths } from '../runtime/monitor-paths.ts'
import type { Sys } from '../sys/sys.ts'
import { logText } from './log-text.ts'

const POLL_MS = 200
const CHUNK_BYTES = 65_536

type Position = { inode: number; offset: number }

/** Sends what has come since; a log that was begun anew is sent from its start. False when nobody reads any more. */
function sendNew(
  sys: Sys,
  path: string,
  position: Position,
  text: (bytes: Uint8Array) => Uint8Array,
): boolean {
  const stat = sys.stat(path)
  if (stat === null) return true
  if (stat.inode !== position.inode || stat.sizeBytes < position.offset) {
    position.inode = stat.inode
    position.offset = 0
  }
  for (;;) {
    const bytes = sys.readBytes(path, position.offset, CHUNK_BYTES)
    if (bytes === null || bytes.length === 0) return true
    position.offset += bytes.length
    if (!sys.outputBytes(text(bytes))) return false
  }
}

/** The log of the boot before and of this one, each bounded by conmon, then what is added until standard input ends. */
export function openBootLog(sys: Sys, veid: number): () => void {
  const { log, previousLog } = monitorPaths(veid)
  return () => {
    sendNew(sys, previousLog, { inode: 0, offset: 0 }, logText())
    const position = { inode: 0, offset: 0 }
    const text = logText()
    const tick = () => {
      if (!sendNew(sys, log, position, text)) sys.exit(0)
    }
    sys.every(POLL_MS, tick, () => sys.exit(0))
  }
}
