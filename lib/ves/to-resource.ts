/** A VE's row as pages and the API show it. */
import { storedProblem } from '../auth/stored-problem.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import type { Arch } from '../contract/arch.ts'
import type { StorageDriver } from '../contract/storage.ts'
import type { VeApplication, VeNamespace } from '../contract/ve-application.ts'
import type { VeDevice, VeNetworkDevice } from '../contract/ve-devices.ts'
import type { VeFeatures } from '../contract/ve-features.ts'
import type { FirewallSettings } from '../firewall/resource.ts'
import { snapshotBytesMost } from '../snapshots/room.ts'
import { checkpointObstacle } from './checkpoint-obstacle.ts'
import { limitsOfRow } from './limits/row.ts'
import type { VeResourceRow } from './queries.ts'
import type { VeInterfaceResource, VeResource } from './resource.ts'
import { bareAddress, isNetwork } from './spec.ts'
import { nextPeriodFrom, periodFrom } from './traffic-period.ts'

/** `usedBytes`: traffic since its reset day. */
export function toVeResource(viewer: Viewer, row: VeResourceRow, usedBytes: number): VeResource {
  const observed = row.observed as ObservedVe | null
  const interfaces = row.interfaces.map(interfaceResource)
  const held = interfaces.filter(({ pending }) => !pending).flatMap(({ addresses }) => addresses)
  return {
    id: row.id,
    veid: row.veid,
    account: row.account,
    name: row.name,
    hostname: row.hostname,
    state: row.state,
    problem: storedProblem(viewer, row.problem),
    host: hostOf(row),
    template: row.template,
    arch: row.arch as Arch,
    storage: row.storage as StorageDriver,
    limits: limitsOfRow(row),
    plan: planOf(row),
    addresses: held.filter(({ pending }) => !pending).map(({ address }) => address),
    dns: { servers: row.dnsServers, search: row.searchDomains },
    description: row.description,
    notes: row.notes,
    tags: row.tags,
    spreadGroup: row.spreadGroup,
    kind: row.kind,
    namespaces: row.namespaces as VeNamespace[],
    application: row.application as VeApplication | null,
    features: row.features as VeFeatures,
    devices: row.devices as VeDevice[],
    networkDevices: row.networkDevices as VeNetworkDevice[],
    interfaces,
    firewall: row.firewall as FirewallSettings,
    firewallSets: row.firewallSets.map(({ set }) => set),
    startOnBoot: row.startOnBoot,
    bootOrder: row.bootOrder,
    suspended: suspensionOf(row),
    rescue: row.state === 'running' && (observed?.rescue ?? false),
    pendingRestart: lacksChanges(row),
    hibernated: hibernatedOf(row.state, observed),
    checkpointObstacle: checkpointObstacle(row.host),
    snapshots: row._count.snapshots,
    snapshotBytes: row.snapshotBytes === null ? null : Number(row.snapshotBytes),
    snapshotBytesMost: snapshotBytesMost({ diskBytes: Number(row.diskBytes) }),
    lastExit: observed?.lastExit ?? null,
    traffic: trafficOf(row, usedBytes),
    observed,
    observedAt: row.observedAt?.toISOString() ?? null,
    startedAt: row.startedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}

function hostOf({ host: { capabilities: _, ...host } }: VeResourceRow): VeResource['host'] {
  return host
}

/** Null while its host was not seen with it. */
function hibernatedOf(state: VeResource['state'], observed: ObservedVe | null): VeResource['hibernated'] {
  const checkpoint = state === 'hibernated' ? observed?.checkpoint : null
  return checkpoint ? { at: new Date(checkpoint.at).toISOString(), bytes: checkpoint.bytes } : null
}

function planOf({ planVersion }: VeResourceRow): VeResource['plan'] {
  return planVersion && { ...planVersion.plan, version: planVersion.number }
}

function interfaceResource(row: VeResourceRow['interfaces'][number]): VeInterfaceResource {
  const held = row.addresses.map(({ id, address, pool, pending }) => ({ id, address, pool, pending }))
  const bits = (value: bigint | null) => (value === null ? null : Number(value))
  return {
    id: row.id,
    index: row.index,
    kind: row.kind,
    ifname: row.ifname,
    mac: row.mac,
    bridge: row.bridge,
    vlan: row.vlan,
    addresses: held
      .filter(({ address }) => !isNetwork(address))
      .map((each) => ({ ...each, address: bareAddress(each.address) })),
    prefixes: held.filter(({ address }) => isNetwork(address)),
    networks: row.networks,
    gateway4: row.gateway4,
    gateway6: row.gateway6,
    rate: { inBits: bits(row.rateInBits), outBits: bits(row.rateOutBits) },
    pending: row.pending,
  }
}

function suspensionOf(row: VeResourceRow): VeResource['suspended'] {
  if (row.suspendedAt === null) return null
  return { at: row.suspendedAt.toISOString(), reason: row.suspendReason ?? 'other', note: row.suspendNote }
}

/** A host may tell the start of one and the same run a moment apart. */
const SAME_RUN_MS = 1_000

/** It still runs as it did when something was changed that it takes up only when it is started. */
function lacksChanges({ state, staleRun, startedAt }: VeResourceRow): boolean {
  if (state !== 'running' || staleRun === null || startedAt === null) return false
  return startedAt.getTime() <= staleRun.getTime() + SAME_RUN_MS
}

function trafficOf(row: VeResourceRow, usedBytes: number): VeResource['traffic'] {
  const now = new Date()
  return {
    limitBytes: row.trafficLimitBytes === null ? null : Number(row.trafficLimitBytes),
    action: row.trafficAction,
    throttleBits: Number(row.trafficThrottleBits),
    resetDay: row.trafficResetDay,
    periodFrom: periodFrom(row.trafficResetDay, now),
    nextPeriodFrom: nextPeriodFrom(row.trafficResetDay, now),
    usedBytes,
    exceededAt: row.trafficExceededAt?.toISOString() ?? null,
  }
}
