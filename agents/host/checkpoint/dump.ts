/** Writes the memory of a frozen VE down. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { readRecordText } from '../beancounters/record.ts'
import { bootId } from '../facts/boot-id.ts'
import { machineOf } from '../facts/machine.ts'
import { readNamesInside } from '../network/restored.ts'
import { vePaths } from '../paths.ts'
import { cgroupVersion } from '../resources/cgroup.ts'
import { criuFiles } from '../runtime/criu-files.ts'
import { CRUN, CRUN_STATE, container } from '../runtime/crun-names.ts'
import { readJson, replaceFile } from '../sys/files.ts'
import { mustRun, tail } from '../sys/run.ts'
import type { RunResult, Started, Sys } from '../sys/sys.ts'
import type { CheckpointMeta } from './checkpoint-meta.ts'
import { DUMP_LOG, metaFile } from './checkpoint-paths.ts'
import { lastErrors } from './criu-log.ts'
import { criuConfig, dumpSettings, hostMounts, manageCgroups, type OciConfig } from './criu-settings.ts'
import { dumpLocked } from './dump-lock.ts'

const NO_SPACE = /No space left on device|Disk quota exceeded/

/** Where something of the host's is mounted in the VE: of one that was restored crun's own configuration does not say. */
function mountsOf(sys: Sys, veid: number, config: OciConfig): string[] {
  return readJson<string[]>(sys, criuFiles(veid).mounts) ?? Object.keys(hostMounts(config))
}

function failed(sys: Sys, veid: number, folder: string, said: string): Problem {
  const log = sys.read(`${folder}/${DUMP_LOG}`) ?? ''
  const why = lastErrors(log) ?? said.trim().split('\n').pop() ?? ''
  const context = { logTail: tail(log) }
  return NO_SPACE.test(log)
    ? new Problem(
        'no-disk-space',
        `The disk of the host was full before the memory of VE ${veid} was on it.`,
        { context },
      )
    : new Problem('checkpoint-failed', `CRIU: ${why}.`, { context })
}

export type DumpPlace = {
  folder: string
  mounts: string[]
  madeBy: CheckpointMeta['madeBy']
}

/**
 * All of a dump into `folder`, which is there and empty, that can be done before the VE stands still. Throws `checkpoint-failed`.
 */
export function prepareDump(sys: Sys, { veid }: Pick<VeSpec, 'veid'>, folder: string): DumpPlace {
  const { settings } = criuFiles(veid)
  const configFile = `${CRUN_STATE}/${container(veid)}/config.json`
  const config = readJson<OciConfig>(sys, `${vePaths(veid).bundle}/config.json`)
  if (config === null) throw new Problem('checkpoint-failed', `crun does not know VE ${veid} any more.`)
  const mounts = mountsOf(sys, veid, config)
  sys.write(settings, dumpSettings(mounts), 0o600)
  replaceFile(sys, configFile, JSON.stringify(criuConfig(config, settings)))
  // For who wants to restore it elsewhere; CRIU has it for some architectures only.
  sys.run(['criu', 'cpuinfo', 'dump', `--images-dir=${folder}`])
  return { folder, mounts, madeBy: madeBy(sys) }
}

/**
 * Writes all of a VE that stands still (stand-still.ts) down; it stands still afterwards, whatever happened, and can be let go or taken
 * off. A folder with a meta file is a whole checkpoint, though not yet durable: see persistCheckpoint. `at`: when it was frozen.
 * `meanwhile` is done beside it, and throws when CRIU has ended. Throws `checkpoint-failed` with CRIU's own words, `no-disk-space`.
 */
export function dump(
  sys: Sys,
  spec: VeSpec,
  initPid: number,
  { folder, mounts, madeBy }: DumpPlace,
  at: number,
  meanwhile: () => void = () => {},
): CheckpointMeta {
  const { veid } = spec
  const argv = [
    ...[...CRUN, 'checkpoint', '--leave-running', `--image-path=${folder}`, `--work-path=${folder}`],
    ...['--tcp-established', '--file-locks', manageCgroups(cgroupVersion(sys)), container(veid)],
  ]
  const { result, interfaces } = beside(sys.start([...dumpLocked(veid), ...argv]), () => {
    meanwhile()
    // Not before: until it was frozen its root could give them other names.
    return readNamesInside(sys, spec, initPid)
  })
  if (result.code !== 0) throw failed(sys, veid, folder, result.stderr)
  const meta = {
    at,
    bytes: bytesIn(sys, folder),
    madeBy,
    interfaces,
    mounts,
    counted: readRecordText(sys, veid),
  }
  replaceFile(sys, metaFile(folder), JSON.stringify(meta satisfies CheckpointMeta))
  return meta
}

/** Whoever has started something that holds the VE's processes waits for its end, whatever else fails. */
function beside<T>(started: Started, work: () => T): { result: RunResult; interfaces: T } {
  let result: RunResult | undefined
  try {
    const interfaces = work()
    result = started.wait()
    return { result, interfaces }
  } finally {
    if (result === undefined) started.wait()
  }
}

function bytesIn(sys: Sys, folder: string): number {
  return sys.list(folder).reduce((sum, name) => sum + (sys.stat(`${folder}/${name}`)?.diskBytes ?? 0), 0)
}

function madeBy(sys: Sys): CheckpointMeta['madeBy'] {
  return {
    kernel: (sys.read('/proc/sys/kernel/osrelease') ?? '').trim(),
    machine: machineOf(sys),
    criu: /^Version: (.*)$/m.exec(sys.run(['criu', '--version']).stdout)?.[1] ?? '',
    bootId: bootId(sys),
  }
}

/** Waits until all in `folder` is on the host's disk. */
export function persistCheckpoint(sys: Sys, folder: string): void {
  mustRun(sys, ['sync', '--file-system', folder])
}
