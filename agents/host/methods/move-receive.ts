import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import { space } from '../facts/space.ts'
import { authorize, hostKeys, unauthorize } from '../move/authorized-keys.ts'
import { type Accepted, readAccepted, removeIncoming, writeAccepted } from '../move/incoming.ts'
import { refuseStorage } from '../move/passes.ts'
import type { MethodContext } from '../request.ts'
import { withRevert } from '../revert.ts'
import { refuseFullHost } from '../storage/free-space.ts'
import { demandVeDirectory, rememberVeDirectory } from '../storage/ve-directory.ts'
import { ensureDirectory } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

/** CRIU keeps more than pages: what it knows of each process and file. */
const BESIDE_MEMORY_BYTES = 1024 * 2 ** 20

/** The most that its memory can be on the disk; of one without a limit, what this host's disk has room for. */
function memoryMost(sys: Sys, { memoryBytes, swapBytes }: VeLimits): number {
  const free = space(sys, HOST_PATHS.vz).availableBytes
  return memoryBytes === null || swapBytes === null ? free : memoryBytes + swapBytes + BESIDE_MEMORY_BYTES
}

/** One that was left here by a move that nobody cancelled lasts until its key does. */
function refuseOther(sys: Sys, { veid }: Accepted['spec'], move: string): void {
  const known = readAccepted(sys, veid)
  if (known === null || known.move === move) return
  if (sys.now() <= known.expiresAt) {
    throw new Problem(
      'conflict',
      `VE ${veid} is being received here by another move, ${known.move}: cancel that first.`,
    )
  }
  removeIncoming(sys, veid)
  unauthorize(sys, known.move)
}

export function moveReceive(
  context: MethodContext,
  params: AgentParams<'move-receive'>,
): AgentResult<'move-receive'> {
  const { sys } = context
  const { spec, move, publicKey, from, expiresAt } = params
  const { veid } = spec
  return withVe(context, spec, () => {
    refuseStorage(spec)
    demandVeDirectory(sys)
    if (findSpec(sys, veid) !== null) {
      throw new Problem(
        'veid-taken',
        `VE ${veid} is on this host already: destroy what is kept of it here first.`,
      )
    }
    refuseOther(sys, spec, move)
    refuseFullHost(sys)
    return withRevert((revert) => {
      ensureDirectory(sys, HOST_PATHS.ve)
      rememberVeDirectory(sys)
      const { diskBytes } = spec.limits
      const accepted = {
        move,
        spec,
        publicKey,
        expiresAt,
        diskBytes,
        memoryBytes: memoryMost(sys, spec.limits),
      }
      revert.push('what is received', () => removeIncoming(sys, veid))
      writeAccepted(sys, accepted)
      revert.push('key', () => unauthorize(sys, move))
      authorize(sys, { veid, move, publicKey, from, expiresAt })
      return { hostKeys: hostKeys(sys) }
    })
  })
}
