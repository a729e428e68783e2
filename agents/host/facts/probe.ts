/** What probes of capabilities are made of. */
import { HOST_TOOLS, type HostTool } from '../../../lib/contract/host-facts.ts'
import type { RunResult, Sys } from '../sys/sys.ts'
import { missingTools } from './tools.ts'

/** null when it works, else why not, in words an admin can act on. */
export type Reason = string | null
/** Leaves nothing behind. */
export type Probe = (sys: Sys) => Reason
/** It could not even be tried, which is no fault of the kernel's: another time it may. */
export type Untried = { untried: string }
/** It works, and this is to be known of it. */
export type Note = { note: string }
export type NotingProbe = (sys: Sys) => Reason | Note

function lastLine(result: RunResult): string {
  const lines = `${result.stdout}\n${result.stderr}`.trim().split('\n')
  return lines[lines.length - 1] ?? `exit code ${result.code}`
}

export function works(sys: Sys, argv: readonly string[], otherwise: string): Reason {
  const result = sys.run(argv)
  return result.code === 0 ? null : `${otherwise}: ${lastLine(result)}`
}

export const isUntried = (found: Reason | Untried): found is Untried =>
  typeof found === 'object' && found !== null
export const reasonOf = (found: Reason | Untried): Reason => (isUntried(found) ? found.untried : found)

export function toolsReason(sys: Sys, tools: readonly HostTool[]): Reason {
  const missing = missingTools(sys, tools)
  if (missing.length === 0) return null
  const packages = [...new Set(missing.map((tool) => HOST_TOOLS[tool].package))]
  return `Not installed: ${missing.join(', ')} (package ${packages.join(', ')}).`
}
