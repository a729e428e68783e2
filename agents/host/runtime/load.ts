import { crun } from './crun.ts'
import type { RuntimeDriver } from './runtime.ts'

const RUNTIMES = { crun } as const satisfies Record<string, RuntimeDriver>

export function loadRuntime(): RuntimeDriver {
  return RUNTIMES.crun
}
