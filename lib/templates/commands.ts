/** Making, building and removing templates. */
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy, ownedOrOffered } from '../auth/scope.ts'
import { demand, providerAccount, type Viewer } from '../auth/viewer.ts'
import { ARCH, type Arch, archRuns } from '../contract/arch.ts'
import type { CapabilityReport } from '../contract/capabilities.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Template } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { forgetDestroyedVes } from '../ves/forget.ts'
import { getTemplate } from './queries.ts'
import type { TemplateCreateInput, TemplateResource } from './resource.ts'

type Builder = { id: string; name: string; status: string; arch: string | null; capabilities: unknown }

/**
 * Makes a template and queues its build on each of the hosts. Throws `forbidden`; `invalid-input` for a name that
 * is taken or a host that is not there; `architecture-mismatch`, `capability-missing` or `conflict` for a host that
 * cannot build it.
 */
export async function createTemplate(
  viewer: Viewer,
  input: TemplateCreateInput,
  tx?: Db,
): Promise<{ template: TemplateResource; operationIds: string[] }> {
  const accountId = providerAccount(viewer, 'template:manage')
  return within(tx, async (on) => {
    await refuseTakenName(on, input.name)
    const hosts = await builders(on, viewer, [...new Set(input.hostIds)])
    for (const host of hosts) checkBuilder(host, input.definition.arch)
    const { name, definition } = input
    const row = await on.template.create({ data: { accountId, name, arch: definition.arch, definition } })
    await emitEvent(on, { topic: 'template', id: row.id, accountId })
    const operationIds: string[] = []
    for (const host of hosts) operationIds.push((await enqueueBuild(on, viewer, row, host)).operationId)
    return { template: await getTemplate(viewer, row.id, on), operationIds }
  })
}

/** Builds it on one more host, or again. Throws as above, `not-found`, and `conflict` while a build is under way there. */
export async function buildTemplateOn(
  viewer: Viewer,
  id: string,
  hostId: string,
  tx?: Db,
): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, template) => {
    const [host] = await builders(on, viewer, [hostId], 'hostId')
    if (!host) throw notFound('host')
    checkBuilder(host, template.arch as Arch)
    const live = await on.operation.count({
      where: {
        type: 'template-build',
        templateId: template.id,
        hostId,
        status: { in: ['queued', 'running'] },
      },
    })
    if (live > 0) throw new Problem('conflict', `${template.name} is being built on ${host.name} already.`)
    if (template.status === 'failed')
      await on.template.update({ where: { id: template.id }, data: { status: 'building' } })
    await emitEvent(on, { topic: 'template', id: template.id, accountId: template.accountId })
    return enqueueBuild(on, viewer, template, host)
  })
}

/** Forgets a template that no VE uses. Throws `not-found`, `forbidden`, `conflict`. */
export async function removeTemplate(viewer: Viewer, id: string, tx?: Db): Promise<void> {
  return managing(viewer, id, tx, async (on, template) => {
    const where = { templateId: template.id }
    const ves = await on.ve.count({ where: { ...where, destroyedAt: null } })
    if (ves > 0)
      throw new Problem('conflict', `${ves} ${ves === 1 ? 'VE was' : 'VEs were'} made from ${template.name}.`)
    const live = await on.operation.count({ where: { ...where, status: { in: ['queued', 'running'] } } })
    if (live > 0) throw new Problem('conflict', `${template.name} is being built; cancel that first.`)
    await forgetDestroyedVes(on, { templateId: template.id })
    await on.template.delete({ where: { id: template.id } })
    await emitEvent(on, { topic: 'template', id: template.id, accountId: template.accountId })
  })
}

/** The row is locked until the transaction ends, so that a VE made from it meanwhile and a removal see each other. */
async function managing<T>(
  viewer: Viewer,
  id: string,
  tx: Db | undefined,
  work: (on: Db, template: Template) => Promise<T>,
): Promise<T> {
  const templateId = idOf('template', id)
  return within(tx, async (on) => {
    await on.$executeRaw`SELECT 1 FROM template WHERE id = ${templateId}::uuid FOR UPDATE`
    const where = { id: templateId, ...ownedOrOffered(viewer, 'template:read') }
    const template = await on.template.findFirst({ where })
    if (!template) throw notFound('template')
    demand(viewer, 'template:manage', template.accountId)
    return work(on, template)
  })
}

async function refuseTakenName(on: Db, name: string): Promise<void> {
  const taken = await on.template.count({ where: { name: { equals: name, mode: 'insensitive' } } })
  if (taken > 0)
    throw new Problem('invalid-input', 'Not valid: name.', {
      fields: { name: 'Another template has this name.' },
    })
}

async function builders(on: Db, viewer: Viewer, ids: string[], field = 'hostIds'): Promise<Builder[]> {
  const rows = await on.host.findMany({
    where: { AND: [{ id: { in: ids } }, ownedBy(viewer, 'host:read')] },
    select: { id: true, name: true, status: true, arch: true, capabilities: true },
    orderBy: { name: 'asc' },
  })
  if (rows.length === ids.length) return rows
  throw new Problem('invalid-input', `Not valid: ${field}.`, {
    fields: { [field]: 'There is no host with this id.' },
  })
}

function checkBuilder(host: Builder, arch: Arch): void {
  if (host.status !== 'online')
    throw new Problem(
      'conflict',
      `${host.name} is ${host.status}; a template is built on a host that is online.`,
    )
  if (host.arch !== null && !archRuns(host.arch as Arch, arch))
    throw new Problem(
      'architecture-mismatch',
      `${host.name} is ${ARCH[host.arch as Arch].label}; the template is for ${ARCH[arch].label}.`,
    )
  const building = (host.capabilities as CapabilityReport | null)?.['template-build']
  if (building && !building.available)
    throw new Problem(
      'capability-missing',
      `${host.name} cannot build templates: ${building.reason ?? 'no reason given'}`,
    )
}

function enqueueBuild(on: Db, viewer: Viewer, template: Template, host: Builder) {
  return enqueueOperation(on, {
    type: 'template-build',
    input: { templateId: template.id, hostId: host.id },
    title: `Build ${template.name} on ${host.name}`,
    actor: actorOf(viewer),
    accountId: template.accountId,
    templateId: template.id,
    hostId: host.id,
  })
}
