/** Devices of a host: given by the provider alone, each to one VE, and none that the host itself uses. */
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { Problem } from '../contract/problem.ts'
import type { VeDevice, VeNetworkDevice } from '../contract/ve-devices.ts'
import type { Db } from '../db/client.ts'
import { onlyProvider, wrong } from './privileges.ts'

type Devices = { devices: readonly VeDevice[]; networkDevices: readonly VeNetworkDevice[] }
type Host = { id: string; name: string; facts: HostFacts | null }

/**
 * Judges what is given beyond `before`. Throws `forbidden`, `device-in-use`, `invalid-input`, each with the field.
 * `ifnames`: those of the VE's interfaces.
 */
export async function refuseDevices(
  on: Db,
  viewer: Viewer,
  host: Host,
  wanted: Devices,
  { veId, before, ifnames }: { veId: string | null; before: Devices; ifnames: readonly string[] },
): Promise<void> {
  refuseTwice(wanted, ifnames)
  const had = before.devices.map(({ path, access }) => `${path} ${access}`)
  for (const [index, device] of wanted.devices.entries()) {
    if (had.includes(`${device.path} ${device.access}`)) continue
    const field = `devices.${index}.path`
    if (!canAtProvider(viewer, 've:configure')) throw onlyProvider(field, 'give devices of the host')
    const known = host.facts?.devices.find(({ path }) => path === device.path)
    const grantedHere = before.devices.some(({ path }) => path === device.path)
    if (known?.usedFor && !grantedHere) throw inUse(field, device.path, host.name, known.usedFor)
    await refuseGranted(on, host, veId, field, { devices: [{ path: device.path }] })
  }
  for (const [index, { device }] of wanted.networkDevices.entries()) {
    if (before.networkDevices.some((each) => each.device === device)) continue
    const field = `networkDevices.${index}.device`
    if (!canAtProvider(viewer, 've:configure')) throw onlyProvider(field, 'give network devices of the host')
    refuseUnknownCard(host, field, device)
    await refuseGranted(on, host, veId, field, { networkDevices: [{ device }] })
  }
}

function refuseTwice({ devices, networkDevices }: Devices, ifnames: readonly string[]): void {
  const paths = devices.map(({ path }) => path)
  const path = repeated(paths)
  if (path >= 0) throw wrong(`devices.${path}.path`, 'This device is given twice.')
  const card = repeated(networkDevices.map(({ device }) => device))
  if (card >= 0) throw wrong(`networkDevices.${card}.device`, 'This device is given twice.')
  const names = [...ifnames, ...networkDevices.map(({ ifname }) => ifname)]
  const name = repeated(names)
  if (name >= ifnames.length)
    throw wrong(
      `networkDevices.${name - ifnames.length}.ifname`,
      'Another interface of the VE has this name.',
    )
}

/** Index of the first that stands earlier too; -1 when there is none. */
const repeated = (values: readonly string[]) =>
  values.findIndex((value, index) => values.indexOf(value) !== index)

function refuseUnknownCard(host: Host, field: string, device: string): void {
  if (!host.facts) return
  const known = host.facts.networkDevices.find(({ name }) => name === device)
  if (!known) throw wrong(field, `${host.name} has no network device ${device}.`)
  if (known.usedFor) throw inUse(field, device, host.name, known.usedFor)
}

type Grant = { devices: [{ path: string }] } | { networkDevices: [{ device: string }] }

/** Two VEs on one file system or card would undo each other. */
async function refuseGranted(on: Db, host: Host, veId: string | null, field: string, grant: Grant) {
  const [key, value] = Object.entries(grant)[0] as ['devices' | 'networkDevices', [Record<string, string>]]
  const list = JSON.stringify(value)
  const [holder] = await on.$queryRaw<{ name: string }[]>`
    SELECT name FROM ve
    WHERE host_id = ${host.id}::uuid AND destroyed_at IS NULL AND id IS DISTINCT FROM ${veId}::uuid
      AND CASE ${key}::text WHEN 'devices' THEN devices ELSE network_devices END @> ${list}::jsonb
    LIMIT 1`
  const device = Object.values(value[0])[0] as string
  if (holder) throw inUse(field, device, host.name, `VE ${holder.name}`)
}

function inUse(field: string, device: string, host: string, usedFor: string): Problem {
  const sentence = `${device} of ${host} is in use: ${usedFor}.`
  return new Problem('device-in-use', sentence, { fields: { [field]: sentence } })
}
