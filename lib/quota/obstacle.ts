import type { CapabilityReport } from '../contract/capabilities.ts'
import { Problem } from '../contract/problem.ts'
import { VE_STATE, type VeState } from '../contract/ve-state.ts'
import type { Ve } from '../db/generated/client.ts'
import { limitsOfRow } from '../ves/limits/row.ts'

export type QuotaVe = Pick<Ve, 'name' | 'state'> & Parameters<typeof limitsOfRow>[0]
export type QuotaHost = { name: string; capabilities: unknown }

/** Why users and groups of a VE can be neither counted nor limited now; null when they can, or its host has yet to say. Pure. */
export function quotaObstacle(ve: QuotaVe, host: QuotaHost): Problem | null {
  const report = (host.capabilities as Partial<CapabilityReport> | null)?.['quota-owners']
  if (report && !report.available) {
    const why = report.reason ?? 'it does not say why.'
    return new Problem('capability-missing', `${host.name} cannot count users and groups inside VEs: ${why}`)
  }
  const forbids = (text: string) => new Problem('ve-state-forbids', text)
  if (limitsOfRow(ve).quotaOwners === 0)
    return forbids(`${ve.name} counts no users and groups: its limit of counted owners is 0.`)
  if (ve.state === 'running') return null
  const state = VE_STATE[ve.state as VeState].label.toLowerCase()
  return forbids(`${ve.name} is ${state}: users and groups are counted while it runs.`)
}
