import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Sys } from '../sys/sys.ts'

/** Runs VEs. A VE is "made" (its namespaces exist, init waits) before it is "running", so that its network can be set up. */
export interface RuntimeDriver {
  /** Makes namespaces and cgroups, init waiting. Returns init's pid on the host. */
  make(sys: Sys, spec: VeSpec, options: MakeOptions): number
  /**
   * Brings the processes of a checkpoint back, all of them standing still. Returns init's pid on the host. Throws `restore-failed`:
   * some of them may be there then, and none has gone on.
   */
  restore(sys: Sys, spec: VeSpec, from: RestoreFrom): number
  /** Lets init go and waits until it is the VE's own program. Throws `ve-start-failed`. */
  release(sys: Sys, veid: number, initPid: number): void
  /** The running init; null when the VE is stopped, half made, or its init has died. No process is started for it. */
  init(sys: Sys, veid: number): RunningInit | null
  /** How the init ended that ran last and has not been removed; null while it runs, or when none ran. */
  exit(sys: Sys, veid: number): InitExit | null
  /** Whether anything of it is left, running or not. */
  hasTraces(sys: Sys, veid: number): boolean
  /** Kills what runs, and waits for its end. Throws `command-failed` when something does not end. */
  kill(sys: Sys, veid: number): void
  /** Once nothing runs: removes namespaces and cgroups. Harmless when there is nothing. */
  remove(sys: Sys, veid: number): void
}

/** `rescue`: the VE's own disk is mounted within the root that it starts from. */
export type MakeOptions = { rescue: boolean }

/** `mounts`: where something of the host's was mounted in it; `devices`: which device becomes which of its interfaces, by name. */
export type RestoreFrom = { folder: string; mounts: readonly string[]; devices: Record<string, string> }

/** `code` is 128 + n for signal n, null when nobody noted it; `boot` names that one run of init. */
export type InitExit = { boot: string; code: number | null }

export type RunningInit = { pid: number; startTicks: number }
