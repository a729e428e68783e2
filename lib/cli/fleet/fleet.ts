import { setTimeout as sleep } from 'node:timers/promises'
import type { AddressPoolResource } from '../../addresses/resource.ts'
import type { HostCreateInput, HostResource } from '../../hosts/resource.ts'
import type { LabHost, LabNetwork } from '../../lab/lab-state.ts'
import type { OperationResource } from '../../operations/resource.ts'
import type { Progress } from '../terminal/progress.ts'
import type { PanelApi } from './panel-api.ts'

/** The first hosts and addresses, by REST as a user's script would; every step looks first whether it was done. */
export type Fleet = { api: PanelApi; progress: Progress }

type Started = { operation: OperationResource }

const POOL = 'lab'
/** A host that was enrolled in an earlier run is back when a worker has its connection again. */
const BACK_ONLINE_MS = 60_000
const POLL_MS = 500

export function ensurePool({ api, progress }: Fleet, pool: LabNetwork['addressPool']) {
  const make = async () => {
    const pools = await api.list<AddressPoolResource>('/ip-pools')
    if (pools.some(({ cidr }) => cidr === pool.cidr)) return
    const name = pools.some((other) => other.name === POOL) ? `${POOL}-${pools.length + 1}` : POOL
    await api.post('/ip-pools', { name, ...pool })
  }
  return progress.step('pool', 'Address pool', make, () => `${pool.first} to ${pool.last}`)
}

export const enrolStep = (name: string) => ({ key: `enrol-${name}`, label: `Enrol ${name}` })

/** Over SSH with the fingerprint that the lab itself knows, which is what an admin would compare by eye. */
export function ensureLabHost(fleet: Fleet, host: LabHost): Promise<HostResource> {
  const { key, label } = enrolStep(host.name)
  return ensureHost(fleet, key, label, host.name, async (report) => {
    const target = { address: host.address, port: host.sshPort }
    const probe = await fleet.api.post<Started>('/hosts/probe', target)
    const { result } = await fleet.api.follow(probe.operation.id, report)
    const { fingerprint } = result as { fingerprint: string }
    if (fingerprint !== host.hostKeyFingerprint) {
      throw new Error(`its key is ${fingerprint}, and the lab gave it ${host.hostKeyFingerprint}`)
    }
    const credential = { kind: 'password' as const, password: host.rootPassword }
    return { name: host.name, ...target, user: 'root', fingerprint, credential }
  })
}

export function ensureSimulatedHost(fleet: Fleet, name: string): Promise<HostResource> {
  const label = `Simulated host ${name}`
  return ensureHost(fleet, enrolStep(name).key, label, name, async () => ({ name, simulated: true as const }))
}

async function ensureHost(
  { api, progress }: Fleet,
  key: string,
  label: string,
  name: string,
  describe: (report: (detail: string) => void) => Promise<HostCreateInput>,
): Promise<HostResource> {
  const report = (detail: string) => progress.running(key, label, detail)
  const make = async () => {
    const known = await settled(api, name, report)
    if (known?.status === 'offline') throw new Error(known.problem?.detail ?? 'it cannot be reached')
    if (known && known.status !== 'failed') return known
    const input = await describe(report)
    const credential = 'credential' in input ? input.credential : undefined
    const enrolment = known
      ? await api.post<Started>(`/hosts/${known.id}/enrol`, { credential })
      : await api.post<Started>('/hosts', input)
    await api.follow(enrolment.operation.id, report)
    const host = await settled(api, name, report)
    if (host?.status !== 'online') throw new Error(`it is ${host?.status ?? 'gone'} after its enrolment`)
    return host
  }
  return progress.step(key, label, make, (host) => (host.simulated ? 'simulated' : host.address))
}

/** The host once it is neither being enrolled nor on its way back online; undefined when there is none. */
async function settled(api: PanelApi, name: string, report: (detail: string) => void) {
  const deadline = Date.now() + BACK_ONLINE_MS
  for (;;) {
    const host = (await api.list<HostResource>('/hosts')).find((one) => one.name === name)
    const waits = host?.status === 'enrolling' || (host?.status === 'offline' && Date.now() < deadline)
    if (!waits) return host
    report(host.status === 'enrolling' ? 'being enrolled' : 'waiting for the worker to reach it')
    await sleep(POLL_MS, undefined, { signal: api.signal })
  }
}
