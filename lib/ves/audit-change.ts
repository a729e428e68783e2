import { recordAudit } from '../audit/record.ts'
import { SYSTEM_NAMESPACES } from '../contract/ve-application.ts'
import type { VeDevice, VeNetworkDevice } from '../contract/ve-devices.ts'
import { NO_FEATURES, type VeFeatures } from '../contract/ve-features.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import { limitDifferences } from '../limits/limit-differences.ts'
import { LIMIT_FIELD } from '../limits/limit-fields.ts'
import { limitText } from '../limits/limit-text.ts'
import type { VeChange } from './change.ts'
import { limitsAhead } from './limits/limits-ahead.ts'
import type { VeCommand } from './on-ve.ts'

/** Writes down what of a change reaches beyond the VE itself: devices, privileges, limits, access. */
export async function auditChange({ on, ve, about }: VeCommand, change: VeChange): Promise<void> {
  const entry = { ...about, subject: ve.name }
  for (const { action, devices } of deviceChanges(ve, change))
    if (devices.length > 0) await recordAudit(on, { ...entry, action, details: { devices } })
  const privileges = privilegesOf(change, ve.features as VeFeatures)
  if (privileges.length > 0)
    await recordAudit(on, { ...entry, action: 'privilege-change', details: { privileges } })
  if (change.limits) {
    const changes = limitChanges(await limitsAhead(on, ve), change.limits)
    await recordAudit(on, { ...entry, action: 've-limits', details: { changes } })
  }
  if (change.sshKeys || change.hasPassword) {
    const details = { password: change.hasPassword ?? false, sshKeys: change.sshKeys?.length ?? null }
    await recordAudit(on, { ...entry, action: 've-access', details })
  }
}

/** A VE that is made, with what reaches beyond it. */
export function auditCreation(
  { on, ve, about }: VeCommand,
  { namespaces, features }: Required<Pick<VeChange, 'namespaces' | 'features'>>,
  { password }: { password: boolean },
): Promise<void> {
  const shares = SYSTEM_NAMESPACES.some((name) => !namespaces.includes(name))
  const privileges = privilegesOf(shares ? { namespaces, features } : { features }, NO_FEATURES)
  const details = {
    ...(privileges.length > 0 ? { privileges } : {}),
    password,
    sshKeys: ve.sshKeys.length,
  }
  return recordAudit(on, { ...about, action: 've-create', subject: ve.name, details })
}

function deviceChanges(ve: VeCommand['ve'], change: VeChange) {
  const of = (devices: VeDevice[], network: VeNetworkDevice[]) => [
    ...devices.map(({ path, access }) => `${path} (${access})`),
    ...network.map(({ device }) => device),
  ]
  const [devices, network] = [ve.devices as VeDevice[], ve.networkDevices as VeNetworkDevice[]]
  const before = of(devices, network)
  const after = of(change.devices ?? devices, change.networkDevices ?? network)
  return [
    { action: 'device-grant' as const, devices: after.filter((name) => !before.includes(name)) },
    { action: 'device-revoke' as const, devices: before.filter((name) => !after.includes(name)) },
  ]
}

/** A sentence each: "Memory: 512 MiB → 1 GiB". */
function limitChanges(before: VeLimits, after: VeLimits): string[] {
  return limitDifferences(before, after).map(
    (each) =>
      `${LIMIT_FIELD[each.field].label}: ${limitText(each.field, each.before)} → ${limitText(each.field, each.after)}`,
  )
}

function privilegesOf({ features, namespaces }: VeChange, before: VeFeatures): string[] {
  const said: string[] = []
  if (namespaces) said.push(`namespaces: ${namespaces.join(', ')}`)
  if (!features) return said
  for (const name of ['nesting', 'fuse', 'tun'] as const)
    if (features[name] !== before[name]) said.push(`${name}: ${features[name] ? 'on' : 'off'}`)
  if (features.capabilities.join() !== before.capabilities.join())
    said.push(`capabilities: ${features.capabilities.join(', ') || 'none'}`)
  if (JSON.stringify(features.nfs) !== JSON.stringify(before.nfs))
    said.push(
      `nfs: ${features.nfs.map(({ server, export: path }) => `${server}:${path}`).join(', ') || 'none'}`,
    )
  return said
}
