/** What a VE was when it was backed up: enough to make it again once it is gone. */
import type { StorageDriver } from '../contract/storage.ts'
import type { Db } from '../db/client.ts'
import type { Ve } from '../db/generated/client.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import type { VeCreateInput } from '../ves/resource.ts'

export type BackupSettings = Omit<
  VeCreateInput,
  'hostId' | 'veid' | 'addresses' | 'interfaces' | 'rootPassword' | 'start'
> & {
  veid: number
  /** They may be another's by then: told, not asked for again. */
  addresses: string[]
}

export async function settingsOf(on: Db, ve: Ve): Promise<BackupSettings> {
  const [version, addresses] = await Promise.all([
    ve.planVersionId === null ? null : on.planVersion.findUnique({ where: { id: ve.planVersionId } }),
    on.veAddress.findMany({ where: { veId: ve.id, releasedAt: null, pending: false } }),
  ])
  return {
    ...{ name: ve.name, hostname: ve.hostname, templateId: ve.templateId, veid: ve.veid },
    ...(version ? { planId: version.planId } : {}),
    ...{ limits: limitsOfRow(ve), storage: ve.storage as StorageDriver, kind: ve.kind },
    namespaces: ve.namespaces as NonNullable<VeCreateInput['namespaces']>,
    ...(ve.application === null ? {} : { application: ve.application as VeCreateInput['application'] }),
    features: ve.features as VeCreateInput['features'],
    dns: { servers: ve.dnsServers, search: ve.searchDomains },
    ...{ sshKeys: ve.sshKeys, description: ve.description, notes: ve.notes, tags: ve.tags },
    ...{ startOnBoot: ve.startOnBoot, bootOrder: ve.bootOrder },
    addresses: addresses.map(({ address }) => address),
  }
}
