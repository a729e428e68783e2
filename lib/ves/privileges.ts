/** What a VE is made of and may do: what goes together, what a host has to have for it, and what only the provider gives. Pure. */
import type { Permission } from '../auth/permissions.ts'
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
import { type NfsMount, VE_FEATURE, VE_FEATURE_NAMES, type VeFeatures } from '../contract/ve-features.ts'

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

type Given = Pick<Make, 'namespaces' | 'features' | 'application'>

/** Throws `forbidden` with the field, unless the viewer acts for the provider. `before`: what it has already. */
export function refuseUnprivileged(viewer: Viewer, wanted: Given, before: Given | null): void {
  if (canAtProvider(viewer, 've:configure')) return
  const shared = sharedBy(wanted.namespaces)
  const newlyShared = shared.filter((name) => !before || before.namespaces.includes(name))
  if (newlyShared.length > 0) throw onlyProvider('namespaces', `share with the host: ${labels(newlyShared)}`)
  // What runs goes on sharing until it is started again.
  if (before && isHostRoot(before.namespaces) && !isHostRoot(wanted.namespaces))
    throw onlyProvider('namespaces', 'take users of its own back to a VE')
  // The provider let this program out of the box, and no other.
  if (shared.length > 0 && JSON.stringify(wanted.application) !== JSON.stringify(before?.application))
    throw onlyProvider(
      'application',
      `change the program of a VE that shares with the host: ${labels(shared)}`,
    )
  const capabilities = wanted.features.capabilities.filter(
    (name) => !before?.features.capabilities.includes(name),
  )
  if (capabilities.length > 0) throw onlyProvider('features.capabilities', `give ${capabilities.join(', ')}`)
  const mounts = before?.features.nfs.map(nameOfMount) ?? []
  // The host's own kernel is the client: a server of somebody's choice could speak to it.
  if (wanted.features.nfs.some((mount) => !mounts.includes(nameOfMount(mount))))
    throw onlyProvider('features.nfs', 'have a host mount NFS')
}

const sharedBy = (namespaces: readonly VeNamespace[]) =>
  SEALING_NAMESPACES.filter((name) => !namespaces.includes(name))
const labels = (names: readonly VeNamespace[]) => names.map((name) => VE_NAMESPACE[name].label).join(', ')
const nameOfMount = ({ server, export: path, path: at, readOnly }: NfsMount) =>
  [server, path, at, readOnly].join(' ')

/** Whether root in it is root on the host: whoever gets a shell there has the host. */
export const isHostRoot = (namespaces: readonly VeNamespace[]): boolean => !namespaces.includes('user')

/** Throws `forbidden` for a way into a VE whose root is the host's, unless the viewer acts for the provider. */
export function refuseHostRoot(
  viewer: Viewer,
  permission: Permission,
  { name, namespaces }: { name: string; namespaces: readonly VeNamespace[] },
): void {
  if (!isHostRoot(namespaces) || canAtProvider(viewer, permission)) return
  throw new Problem('forbidden', `${name} shares users with its host: only the provider enters it.`)
}

export function onlyProvider(field: string, what: string): Problem {
  const sentence = `Only the provider may ${what}.`
  return new Problem('forbidden', sentence, { fields: { [field]: sentence } })
}

export const wrong = (field: string, sentence: string): Problem =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
