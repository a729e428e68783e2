/** What the host and its kernel can do by themselves. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import type { Capability } from '../../../lib/contract/capabilities.ts'
import { HOST_TOOL_NAMES, HOST_TOOLS } from '../../../lib/contract/host-facts.ts'
import { ID_RANGE_FIRST, ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { cgroupVersion, ROOT } from '../resources/cgroup.ts'
import { onTrialFileSystem, type TrialFileSystem } from '../storage/trial-file-system.ts'
import { isIdMapped } from '../sys/mounts.ts'
import type { Sys } from '../sys/sys.ts'
import { probeCheckpoint } from './checkpoint-probe.ts'
import { type Probe, type Reason, reasonOf, toolsReason, works } from './probe.ts'
import { hasProgram } from './tools.ts'

function userNamespaces(sys: Sys): Reason {
  const map = `0:${ID_RANGE_FIRST}:${ID_RANGE_SIZE}`
  const argv = ['unshare', '--user', `--map-users=${map}`, `--map-groups=${map}`, '--setuid=0', 'true']
  return works(sys, argv, 'The kernel makes no user namespace')
}

function controller(name: string): Probe {
  return (sys) => {
    const there =
      cgroupVersion(sys) === 2
        ? (sys.read(`${ROOT}/cgroup.controllers`) ?? '').trim().split(' ').includes(name)
        : sys.stat(`${ROOT}/${name}/cgroup.procs`) !== null
    return there ? null : `The ${name} controller of cgroups is not available.`
  }
}

const TOO_OLD = 'mount ignores the wish: util-linux 2.39 or newer is needed.'

/** Makes a tiny ext4 image in memory and mounts it, with shifted ids if so wished. */
function imageMount(sys: Sys, shifted: boolean): Reason {
  const wanted: TrialFileSystem = {
    bytes: 1024 * 1024,
    mkfs: ['mkfs.ext4', '-q', '-F', '-O', '^has_journal'],
    type: 'ext4',
    options: shifted ? [`X-mount.idmap=b:0:${ID_RANGE_FIRST}:${ID_RANGE_SIZE}`] : [],
    refused: 'mount refuses',
  }
  return reasonOf(onTrialFileSystem(sys, wanted, (at) => (shifted && !isIdMapped(sys, at) ? TOO_OLD : null)))
}

function reflink(sys: Sys): Reason {
  const file = `${HOST_PATHS.vz}/.probe-${sys.pid}`
  if (sys.stat(HOST_PATHS.vz) === null) return `There is no ${HOST_PATHS.vz}.`
  sys.write(file, 'x'.repeat(4096))
  try {
    const argv = ['cp', '--reflink=always', file, `${file}.copy`]
    return works(sys, argv, `${HOST_PATHS.vz} cannot share blocks (XFS with reflink or btrfs can)`)
  } finally {
    sys.remove(file)
    sys.remove(`${file}.copy`)
  }
}

export const HOST_PROBES = {
  've-run': (sys) =>
    toolsReason(
      sys,
      HOST_TOOL_NAMES.filter((tool) => HOST_TOOLS[tool].required),
    ) ?? userNamespaces(sys),
  'template-build': (sys) =>
    toolsReason(sys, ['mmdebstrap', 'newuidmap', 'mkfs.ext4']) ??
    (hasProgram(sys, 'apt-get') ? userNamespaces(sys) : 'apt is not installed: build on a Debian host.'),
  'storage-image': (sys) => toolsReason(sys, ['mkfs.ext4', 'losetup']) ?? imageMount(sys, false),
  reflink,
  'id-mapped-mounts': (sys) => imageMount(sys, true),
  checkpoint: probeCheckpoint,
  'dirty-tracking': (sys) =>
    toolsReason(sys, ['criu']) ??
    works(sys, ['criu', 'check', '--feature', 'mem_dirty_track'], 'The kernel does not track changed pages'),
  'cgroup-memory': controller('memory'),
  'cgroup-cpu': controller('cpu'),
  'cgroup-pids': controller('pids'),
} as const satisfies Partial<Record<Capability, Probe>>
