/** What making a VE anew and restoring one have in common. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { OciConfig } from '../checkpoint/criu-settings.ts'
import { vePaths } from '../paths.ts'
import { readJson } from '../sys/files.ts'
import { commandFailed } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { CRUN_STATE, container, creationLog } from './crun-names.ts'
import { prepareHostShape } from './host-shape.ts'
import { ociSpec } from './oci-spec.ts'
import type { MakeOptions } from './runtime.ts'

const LAST_WORDS_TRIES = 100
const RESCUE_MOUNT = '/mnt/ve'

type CrunStatus = { pid: number; 'process-start-time': number }

/** What crun noted of a VE that it has made. */
export function containerStatus(sys: Sys, veid: number): CrunStatus | null {
  return readJson<CrunStatus>(sys, `${CRUN_STATE}/${container(veid)}/status`)
}

/** A rescue system sees the VE's own disk beneath its root. */
function rescueMount(veid: number) {
  const options = ['rbind', 'rw', 'nodev', 'nosuid']
  return { destination: RESCUE_MOUNT, type: 'bind', source: vePaths(veid).ownRoot, options }
}

/** OCI's config for a VE with a console: its init's standard streams are a terminal, whose other end the monitor holds. */
export function containerConfig(sys: Sys, spec: VeSpec, { rescue }: MakeOptions): OciConfig {
  const made = ociSpec(spec, prepareHostShape(sys, spec)) as OciConfig & { process: object }
  return {
    ...made,
    process: { ...made.process, terminal: true },
    mounts: rescue ? [...made.mounts, rescueMount(spec.veid)] : made.mounts,
  }
}

/** A monitor that loses its crun may tell so before crun has said why. */
function lastWords(sys: Sys, log: string): string {
  for (let tries = 0; tries < LAST_WORDS_TRIES; tries += 1) {
    const said = sys.read(log)?.trim()
    if (said) return said
    sys.sleep(5)
  }
  return ''
}

/** Runs what makes the VE, by crun's `verb`: its own words go to a log, since what it prints goes where the VE's words go. Gives init's pid. */
export function watchCreation(
  sys: Sys,
  veid: number,
  verb: 'create' | 'restore',
  work: (log: string) => void,
): number {
  const log = creationLog(veid)
  sys.remove(log)
  try {
    work(log)
  } catch (error) {
    const said = lastWords(sys, log)
    if (said === '' || !(error instanceof Problem)) throw error
    throw commandFailed(['crun', verb, container(veid)], { code: 1, stdout: '', stderr: said })
  } finally {
    sys.remove(log)
  }
  const made = containerStatus(sys, veid)
  if (made === null) throw new Problem('ve-start-failed', `crun made nothing of VE ${veid}.`)
  return made.pid
}
