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

/** Throws `invalid-input` for CPUs and nodes that the host does not have. */
export function limitPlace(sys: Sys, { veid, limits }: Pick<VeSpec, 'veid' | 'limits'>): LimitPlace {
  const { root, ownRoot } = vePaths(veid)
  const disks = [root, ownRoot].flatMap((path) => diskAt(sys, path) ?? [])
  const list = (chosen: number[], all: boolean) =>
    all && cgroupVersion(sys) === 2 ? '' : formatNumberList(chosen)
  return {
    cpus: list(chooseCpus(limits, veid, there(sys, 'cpus')), limits.cpus === null && limits.cpuMask === null),
    nodes: list(chooseNodes(limits, there(sys, 'mems')), limits.nodeMask === null),
    disks: [...new Set(disks)],
  }
}
