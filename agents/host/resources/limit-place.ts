import { formatNumberList, parseNumberList } from '../../../lib/contract/number-list.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { vePaths } from '../paths.ts'
import type { Sys } from '../sys/sys.ts'
import { diskAt } from './block-devices.ts'
import { cgroupVersion, ROOT } from './cgroup.ts'
import { chooseCpus, chooseNodes } from './cpu-choice.ts'
import type { LimitPlace } from './limit-settings.ts'

/** What the host itself may use: a host can be a container. */
function there(sys: Sys, kind: 'cpus' | 'mems'): number[] {
  const texts =
    cgroupVersion(sys) === 2
      ? [`${ROOT}/cpuset.${kind}.effective`]
      : [`${ROOT}/cpuset/cpuset.effective_${kind}`, `${ROOT}/cpuset/cpuset.${kind}`]
  const online = kind === 'cpus' ? '/sys/devices/system/cpu/online' : '/sys/devices/system/node/online'
  const text = [...texts, online].map((path) => sys.read(path)?.trim()).find((each) => each)
  return parseNumberList(text ?? '0') ?? [0]
}

/**
 * Throws `invalid-input` for CPUs and nodes that the host does not have. Whoever has all has them by name: a group with processes
 * in it cannot be given back an empty list, which would mean the same in v2 (kernel/cgroup/cpuset.c, validate_change).
 */
export function limitPlace(sys: Sys, { veid, limits }: Pick<VeSpec, 'veid' | 'limits'>): LimitPlace {
  const { root, ownRoot } = vePaths(veid)
  const disks = [root, ownRoot].flatMap((path) => diskAt(sys, path) ?? [])
  return {
    cpus: formatNumberList(chooseCpus(limits, veid, there(sys, 'cpus'))),
    nodes: formatNumberList(chooseNodes(limits, there(sys, 'mems'))),
    disks: [...new Set(disks)],
  }
}
