/** What keeps a VE from coming to this host, as far as it can be told before it is tried. */

import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { archFromUname, archRuns } from '../../../lib/contract/arch.ts'
import { MOVE_KINDS, type MoveKind, type MoveObstacle, type MoveOrigin } from '../../../lib/contract/moves.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { refuseOlderEpoch } from '../epoch.ts'
import { probeCheckpoint } from '../facts/checkpoint-probe.ts'
import { readHostNetwork } from '../network/host-network.ts'
import { refuseImpossible } from '../network/refuse-impossible.ts'
import { refuseWithout } from '../storage/free-space.ts'
import { loadStorage } from '../storage/load.ts'
import { demandVeDirectory } from '../storage/ve-directory.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, findSpecs, refuseOtherUuid } from '../ve-store.ts'
import { readAccepted } from './incoming.ts'
import { obstacle } from './look.ts'
import { originOf } from './origin.ts'

/** What a method would throw, as something in the way. */
function refusals(
  kinds: readonly MoveKind[],
  remedy: string | null,
  ...tries: (() => void)[]
): MoveObstacle[] {
  return tries.flatMap((attempt) => {
    try {
      attempt()
      return []
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return obstacle(kinds, error.detail, remedy)
    }
  })
}

/** "6.18.5" → [6, 18]. */
const release = (kernel: string) =>
  kernel
    .split('.')
    .slice(0, 2)
    .map((word) => Number.parseInt(word, 10) || 0)

function isOlder(here: string, there: string): boolean {
  const [a = 0, b = 0] = release(here)
  const [c = 0, d = 0] = release(there)
  return a < c || (a === c && b < d)
}

function ofCpu(here: MoveOrigin, origin: MoveOrigin): string[] {
  const missing = origin.cpuFlags.filter((flag) => !here.cpuFlags.includes(flag))
  if (missing.length === 0) return []
  return [`Its processor lacks what programs that run may use already: ${missing.slice(0, 8).join(', ')}.`]
}

/** Memory goes to a host that is like the one it comes from. */
function ofLive(sys: Sys, origin: MoveOrigin): MoveObstacle[] {
  const here = originOf(sys)
  const cannot = probeCheckpoint(sys)
  const found = [
    ...(cannot === null ? [] : [cannot]),
    ...(here.machine === origin.machine
      ? []
      : [`It is ${here.machine}, the present host ${origin.machine}.`]),
    ...(here.cgroupVersion === origin.cgroupVersion
      ? []
      : [
          `It has control groups of version ${here.cgroupVersion}, the present host of ${origin.cgroupVersion}.`,
        ]),
    ...(isOlder(here.kernel, origin.kernel)
      ? [`Its kernel is older: ${here.kernel}, not ${origin.kernel}.`]
      : []),
    ...(isOlder(here.criu ?? '', origin.criu ?? '')
      ? [`Its CRIU is older: ${here.criu}, not ${origin.criu}.`]
      : []),
    ...ofCpu(here, origin),
  ]
  return found.map((text) =>
    obstacle(['live'], text, 'Move it by a restart, or to a host that is like the present one.'),
  )
}

function ofKept(sys: Sys, { veid }: VeSpec): MoveObstacle[] {
  if (findSpec(sys, veid) === null) return []
  const remedy = 'Remove what an earlier move kept of it there, or choose another host.'
  return [obstacle(MOVE_KINDS, `VE ${veid} is there already.`, remedy)]
}

function ofPlace(sys: Sys, { veid, idBase }: VeSpec): string[] {
  const accepted = readAccepted(sys, veid)
  const neighbour = findSpecs(sys, new Map()).find((each) => each.veid !== veid && each.idBase === idBase)
  return [
    ...(accepted === null || sys.now() > accepted.expiresAt
      ? []
      : [`VE ${veid} is being received there already, by move ${accepted.move}.`]),
    ...(neighbour === undefined ? [] : [`VE ${neighbour.veid} there has its range of ids.`]),
  ]
}

type Coming = { spec: VeSpec; origin: MoveOrigin; diskBytes: number }

export function findMisfits(sys: Sys, { spec, origin, diskBytes }: Coming): MoveObstacle[] {
  const arch = archFromUname(originOf(sys).machine)
  const another = 'Choose another host.'
  const foreign = arch === null || !archRuns(arch, spec.arch)
  return [
    ...(foreign ? [obstacle(MOVE_KINDS, `It does not run programs for ${spec.arch}.`, another)] : []),
    ...refusals(
      MOVE_KINDS,
      another,
      () => demandVeDirectory(sys),
      () => refuseOtherUuid(sys, spec),
      () => refuseOlderEpoch(sys, spec.veid, spec.epoch),
      () => loadStorage(spec.storage).demand(sys, { from: null, to: spec, running: false }),
      () => refuseImpossible(sys, spec, readHostNetwork(sys)),
    ),
    ...refusals(
      MOVE_KINDS,
      `Free ${formatBytes(diskBytes)} on ${HOST_PATHS.vz} there, or choose another host.`,
      () => refuseWithout(sys, diskBytes),
    ),
    ...ofKept(sys, spec),
    ...ofPlace(sys, spec).map((text) => obstacle(MOVE_KINDS, text, another)),
    ...ofLive(sys, origin),
  ]
}
