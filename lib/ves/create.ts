/** Creating a VE: everything that is promised to it is reserved in one transaction; the worker does the rest. */

import { lockAllocation } from '../addresses/allocation-lock.ts'
import { ownedOrOffered } from '../auth/scope.ts'
import { homeAccount, type Viewer } from '../auth/viewer.ts'
import type { Arch } from '../contract/arch.ts'
import { STORAGE, type StorageDriver } from '../contract/storage.ts'
import type { TemplateDefinition } from '../contract/template-definition.ts'
import { SYSTEM_NAMESPACES, type VeNamespace } from '../contract/ve-application.ts'
import { NO_FEATURES } from '../contract/ve-features.ts'
import { DEFAULT_LIMITS, type VeLimits, withLimits } from '../contract/ve-limits.ts'
import type { Db } from '../db/client.ts'
import { Prisma, type Template, type Ve } from '../db/generated/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import { emitEvent } from '../events/emit.ts'
import type { Wanted } from '../hosts/placement.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { chooseVersion } from '../plans/choose-version.ts'
import { auditCreation } from './audit-change.ts'
import { choosePlace } from './choose-place.ts'
import { insertInterface } from './interfaces/plan.ts'
import { refuseContradictoryLimits } from './limits/refuse-limits.ts'
import { limitColumns } from './limits/row.ts'
import { firstEpoch, takeIdBase, takeVeid } from './numbers.ts'
import { type Make, needsOf, refuseContradictions, refuseUnprivileged, wrong } from './privileges.ts'
import { getVe } from './queries.ts'
import type { VeCreateInput, VeResource } from './resource.ts'

/**
 * Reserves host, veid, id range and addresses, and queues the creation. It belongs to the viewer's own account.
 * Throws `forbidden`, also with the field for what only the provider gives; `invalid-input` with the field; `veid-taken`, `address-taken`, `no-free-address`;
 * `host-full`, `architecture-mismatch`, `template-not-ready`, `capability-missing`, `conflict` for the host that was
 * asked for, `no-host-fits` when none was.
 */
export async function createVe(
  viewer: Viewer,
  input: VeCreateInput,
  tx?: Db,
): Promise<{ ve: VeResource; operationId: string }> {
  const work = (on: Db) => createIn(on, viewer, input, null)
  return tx ? work(tx) : retryingTransaction(work)
}

/** What its disk is made of, if not of its template, and on which host that is. `limits`: what it has where no others are given. */
export type Origin = { hostId: string } & (
  | { kind: 'snapshot'; snapshotId: string; keepIdentity: boolean; ofName: string; limits: VeLimits }
  | { kind: 'backup'; backupId: string; accountId: string }
)

/** As above; with an origin, where that is, and of the template that was its VE's, whoever may use that. That of a backup's account. */
export async function createIn(tx: Db, viewer: Viewer, input: VeCreateInput, origin: Origin | null) {
  const accountId = origin?.kind === 'backup' ? origin.accountId : homeAccount(viewer, 've:create')
  await lockAllocation(tx)
  await refuseTakenName(tx, accountId, input.name)
  const template = await findTemplate(tx, origin === null ? viewer : null, input.templateId)
  const version = input.planId ? await chooseVersion(tx, viewer, input.planId) : null
  const base =
    (version?.limits as VeLimits | undefined) ??
    (origin?.kind === 'snapshot' ? origin.limits : DEFAULT_LIMITS)
  const limits = withLimits(base, input.limits ?? {})
  // What its plan binds it to those chose who made the plan.
  refuseContradictoryLimits(viewer, base, limits)
  const make = makeOf(input)
  refuseContradictions(make)
  refuseUnprivileged(viewer, make, null)
  const wanted = wantedOf(template, limits, make, storageOf(input, make))
  const ownNetwork = make.namespaces.includes('network')
  const spread = input.spreadGroup ? { accountId, group: input.spreadGroup } : null
  const asked = {
    viewer,
    accountId,
    templateId: template.id,
    wanted,
    spread,
    input,
    ownNetwork,
    copyOn: origin?.hostId ?? null,
  }
  const { host, interfaces } = await choosePlace(tx, asked)
  const veid = await takeVeid(tx, input.veid)
  const row = await tx.ve.create({
    data: {
      accountId,
      hostId: host.id,
      templateId: template.id,
      veid,
      name: input.name,
      hostname: input.hostname,
      arch: template.arch,
      epoch: await firstEpoch(tx, veid),
      idBase: await takeIdBase(tx),
      storage: wanted.storage,
      ...limitColumns(limits),
      planVersionId: version?.id ?? null,
      dnsServers: input.dns?.servers ?? [],
      searchDomains: input.dns?.search ?? [],
      sshKeys: input.sshKeys ?? [],
      ...make,
      application: make.application ?? Prisma.DbNull,
      ...givenOf(input),
    },
  })
  for (const planned of interfaces) await insertInterface(tx, row.id, planned, false)
  await emitEvent(tx, { topic: 've', id: row.id, accountId })
  await emitEvent(tx, { topic: 'addresses', id: null, accountId: null })
  const about = { actor: actorOf(viewer), accountId, veId: row.id, hostId: host.id }
  const hasPassword = input.rootPassword !== undefined
  await auditCreation({ on: tx, ve: row, about }, make, { password: hasPassword })
  const { operationId } = await enqueueOperation(tx, {
    ...creationOf(row, input, origin),
    ...about,
    templateId: template.id,
    ...(input.rootPassword ? { secret: { rootPassword: input.rootPassword } } : {}),
  })
  return { ve: await getVe(viewer, row.id, tx), operationId }
}

function creationOf({ id: veId, name }: Ve, input: VeCreateInput, origin: Origin | null) {
  const start = input.start ?? false
  if (origin?.kind === 'backup') {
    const { backupId } = origin
    return {
      type: 've-recover',
      input: { veId, backupId, start },
      title: `Make ${name} of a backup`,
    } as const
  }
  const hasPassword = input.rootPassword !== undefined
  const made = { type: 've-create', input: { veId, start, hasPassword } } as const
  if (origin === null) return { ...made, title: `Create ${name}` }
  const { snapshotId, keepIdentity, ofName } = origin
  const title = `Create ${name} from a snapshot of ${ofName}`
  return { ...made, input: { ...made.input, snapshotId, keepIdentity }, title }
}

async function refuseTakenName(tx: Db, accountId: string, name: string): Promise<void> {
  const where = { accountId, name: { equals: name, mode: 'insensitive' as const }, destroyedAt: null }
  if ((await tx.ve.count({ where })) > 0) throw wrong('name', 'Another VE has this name.')
}

/** Null: whoever's it is. The row is locked against removal until the transaction ends. */
async function findTemplate(tx: Db, viewer: Viewer | null, id: string): Promise<Template> {
  await tx.$executeRaw`SELECT 1 FROM template WHERE id = ${id}::uuid FOR KEY SHARE`
  const where = viewer === null ? { id } : { AND: [{ id }, ownedOrOffered(viewer, 'template:read')] }
  const template = await tx.template.findFirst({ where })
  if (!template) throw wrong('templateId', 'There is no template with this id.')
  return template
}

function makeOf(input: VeCreateInput): Make & { namespaces: VeNamespace[] } {
  return {
    kind: input.kind ?? 'system',
    namespaces: input.namespaces ?? [...SYSTEM_NAMESPACES],
    application: input.application ?? null,
    features: { ...NO_FEATURES, ...given(input.features ?? {}) },
  }
}

/** What its row has defaults for. */
function givenOf({ description, notes, tags, spreadGroup, startOnBoot, bootOrder }: VeCreateInput) {
  return given({ description, notes, tags, spreadGroup, startOnBoot, bootOrder })
}

const given = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

function storageOf({ storage = 'image' }: VeCreateInput, { namespaces }: Make): StorageDriver {
  if (!STORAGE[storage].needsOwnUsers || namespaces.includes('user')) return storage
  throw wrong('storage', `${STORAGE[storage].label} storage is for VEs with users of their own.`)
}

/** An application container runs no init of its template. */
function wantedOf(template: Template, limits: VeLimits, make: Make, storage: StorageDriver): Wanted {
  return {
    arch: template.arch as Arch,
    init: make.kind === 'system' ? (template.definition as TemplateDefinition).init : 'sysvinit',
    templateName: template.name,
    limits,
    storage,
    needs: needsOf(make),
  }
}
