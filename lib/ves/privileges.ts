/** What a VE is made of and may do: what goes together, what a host has to have for it, and what only the provider gives. Pure. */
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import { CAPABILITIES, type Capability, type CapabilityReport } from '../contract/capabilities.ts'
import { Problem } from '../contract/problem.ts'
import type { VeKind } from '../contract/ve-application.ts'
import {
  SEALING_NAMESPACES,
  SYSTEM_NAMESPACES,
  VE_NAMESPACE,
  type VeApplication,
  type VeNamespace,
} from '../contract/ve-application.ts'
import { VE_FEATURE, VE_FEATURE_NAMES, type VeFeatures } from '../contract/ve-features.ts'

export type Make = {
  kind: VeKind
  namespaces: readonly VeNamespace[]
  application: VeApplication | null
  features: VeFeatures
}

export type Need = { capability: Capability; field: string }

/** What its host must have, and the field that asks for it. */
export function needsOf({ namespaces, features }: Pick<Make, 'namespaces' | 'features'>): Need[] {
  const needs: Need[] = []
  for (const name of VE_FEATURE_NAMES) {
    const capability = VE_FEATURE[name].needs
    if (features[name] && capability) needs.push({ capability, field: `features.${name}` })
  }
  if (features.nfs.length > 0) needs.push({ capability: 'nfs', field: 'features.nfs' })
  if (namespaces.includes('time')) needs.push({ capability: 'time-namespace', field: 'namespaces' })
  return needs
}

/** Why the host cannot do it; null when it can. What it has not reported yet is left for its agent to judge. */
export function lacking(
  host: { name: string; capabilities: CapabilityReport | null },
  needs: readonly Need[],
): Problem | null {
  for (const { capability, field } of needs) {
    const report = host.capabilities?.[capability]
    if (!report || report.available) continue
    const sentence = `${host.name} lacks “${CAPABILITIES[capability]}”: ${report.reason ?? 'it does not say why.'}`
    return new Problem('capability-missing', sentence, { fields: { [field]: sentence } })
  }
  return null
}

/** Throws `invalid-input` for what does not go together. */
export function refuseContradictions({ kind, namespaces, application, features }: Make): void {
  if (kind === 'system') {
    if (application)
      throw wrong('application', 'Only an application container runs a program of its own choice.')
    const missing = SYSTEM_NAMESPACES.filter((name) => !namespaces.includes(name))
    if (missing.length > 0)
      throw wrong(
        'namespaces',
        `A system container needs its own: ${missing.map((name) => VE_NAMESPACE[name].label).join(', ')}.`,
      )
  } else if (!application) throw wrong('application', 'Say which program it runs.')
  if (new Set(namespaces).size !== namespaces.length) throw wrong('namespaces', 'The same is given twice.')
  if (new Set(features.capabilities).size !== features.capabilities.length)
    throw wrong('features.capabilities', 'The same is given twice.')
  const paths = features.nfs.map(({ path }) => path)
  const twice = paths.findIndex((path, index) => paths.indexOf(path) !== index)
  if (twice >= 0) throw wrong(`features.nfs.${twice}.path`, 'Another mount has this path.')
}

type Given = { namespaces?: readonly VeNamespace[]; capabilities: readonly string[] }

/** Throws `forbidden` with the field, unless the viewer acts for the provider. `before`: what it has already. */
export function refuseUnprivileged(viewer: Viewer, wanted: Given, before: Given | null): void {
  if (canAtProvider(viewer, 've:configure')) return
  const had = before?.namespaces
  const shared = SEALING_NAMESPACES.filter(
    (name) => wanted.namespaces && !wanted.namespaces.includes(name) && (!had || had.includes(name)),
  )
  if (shared.length > 0)
    throw onlyProvider(
      'namespaces',
      `share with the host: ${shared.map((name) => VE_NAMESPACE[name].label).join(', ')}`,
    )
  const added = wanted.capabilities.filter((name) => !before?.capabilities.includes(name))
  if (added.length > 0) throw onlyProvider('features.capabilities', `give ${added.join(', ')}`)
}

export function onlyProvider(field: string, what: string): Problem {
  const sentence = `Only the provider may ${what}.`
  return new Problem('forbidden', sentence, { fields: { [field]: sentence } })
}

export const wrong = (field: string, sentence: string): Problem =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
