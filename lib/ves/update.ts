/** Changing a VE: what only the panel knows at once, the rest through its host. Both, or neither is asked for. */
import * as z from 'zod/mini'
import { recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { name } from '../contract/names.ts'
import { Problem } from '../contract/problem.ts'
import { VE_NAMESPACES, veApplication } from '../contract/ve-application.ts'
import { NO_FEATURES, type VeFeatures, veFeatures } from '../contract/ve-features.ts'
import { type VeLimits, veLimitsPart, withLimits } from '../contract/ve-limits.ts'
import { veGuestAccess } from '../contract/ve-spec.ts'
import type { Db } from '../db/client.ts'
import type { Prisma, Ve } from '../db/generated/client.ts'
import { changedLimits } from '../limits/limit-differences.ts'
import { emitVeEvent } from '../operations/events.ts'
import { auditChange } from './audit-change.ts'
import { type VeChange, veChange } from './change.ts'
import { enqueueChange } from './configure.ts'
import { limitsAhead } from './limits/limits-ahead.ts'
import { bootOrder, guestHostname, spreadGroup, veTags, veText } from './names.ts'
import { onVe, type VeCommand } from './on-ve.ts'
import { getVe } from './queries.ts'
import { refuseChange } from './refuse-change.ts'
import type { VeResource } from './resource.ts'

/** What is left out stays. */
export const veUpdateInput = z.object({
  name: z.optional(name),
  description: z.optional(veText.description),
  notes: z.optional(veText.notes),
  tags: z.optional(veTags),
  spreadGroup: z.optional(spreadGroup),
  startOnBoot: z.optional(z.boolean()),
  bootOrder: z.optional(bootOrder),
  hostname: z.optional(guestHostname),
  dns: veChange.shape.dns,
  /** What is left out of them stays. Which of them count from the next start says limits-next-start.ts. */
  limits: z.optional(veLimitsPart),
  /** What is left out of them stays too. They count from the next start of a running VE. */
  features: z.optional(z.partial(veFeatures)),
  namespaces: z.optional(z.array(z.enum(VE_NAMESPACES))),
  application: z.optional(veApplication),
  /** All that it is to have. */
  devices: veChange.shape.devices,
  networkDevices: veChange.shape.networkDevices,
  sshKeys: veChange.shape.sshKeys,
  rootPassword: veGuestAccess.shape.rootPassword,
})
export type VeUpdateInput = z.infer<typeof veUpdateInput>

const AT_ONCE = ['name', 'description', 'notes', 'tags', 'spreadGroup', 'startOnBoot', 'bootOrder'] as const
const THROUGH_HOST = [
  'hostname',
  'dns',
  'namespaces',
  'application',
  'devices',
  'networkDevices',
  'sshKeys',
] as const

/**
 * Answers with the VE as it is now, and the operation that changes the rest; null when there was nothing for its host to do.
 * Throws `not-found`, `forbidden`, `ve-state-forbids`; `invalid-input`, `capability-missing`, `device-in-use`, `host-full` with the field.
 */
export function updateVe(
  viewer: Viewer,
  id: string,
  input: VeUpdateInput,
  tx?: Db,
): Promise<{ ve: VeResource; operationId: string | null }> {
  return onVe(viewer, id, 've:configure', tx, async (command) => {
    const { on, ve } = command
    if (ve.destroyedAt) throw new Problem('ve-state-forbids', `${ve.name} is destroyed.`)
    await writeAtOnce(command, input)
    const change = changeOf(ve, await limitsAhead(on, ve), input)
    if (Object.keys(change).length === 0) return { ve: await getVe(viewer, id, on), operationId: null }
    refuseInRescue(ve)
    await refuseChange(on, viewer, ve, change)
    await auditChange(command, change)
    const { rootPassword } = input
    const secret = rootPassword ? { rootPassword } : undefined
    const { operationId } = await enqueueChange(command, change, { secret })
    return { ve: await getVe(viewer, id, on), operationId }
  })
}

function refuseInRescue(ve: Ve): void {
  if (ve.state === 'running' && (ve.observed as ObservedVe | null)?.rescue)
    throw new Problem('ve-state-forbids', `${ve.name} runs its rescue system: end that first.`)
}

async function writeAtOnce({ on, ve, about }: VeCommand, input: VeUpdateInput): Promise<void> {
  const data: Prisma.VeUpdateInput = {}
  for (const field of AT_ONCE)
    if (input[field] !== undefined && !same(input[field], ve[field]))
      Object.assign(data, { [field]: input[field] })
  if (Object.keys(data).length === 0) return
  if (data.name !== undefined) {
    await refuseTakenName(on, ve, data.name as string)
    const details = { from: ve.name }
    await recordAudit(on, { ...about, action: 've-rename', subject: data.name as string, details })
  }
  await on.ve.update({ where: { id: ve.id }, data })
  await emitVeEvent(on, ve)
}

async function refuseTakenName(on: Db, ve: Ve, wanted: string): Promise<void> {
  const taken = await on.ve.count({
    where: {
      accountId: ve.accountId,
      name: { equals: wanted, mode: 'insensitive' },
      destroyedAt: null,
      NOT: { id: ve.id },
    },
  })
  if (taken > 0)
    throw new Problem('invalid-input', 'Not valid: name.', { fields: { name: 'Another VE has this name.' } })
}

/** What differs from what is, or of limits will be. SSH keys and passwords are written again: somebody inside may have changed them. */
function changeOf(ve: Ve, limitsNow: VeLimits, input: VeUpdateInput): VeChange {
  const is = { ...ve, dns: { servers: ve.dnsServers, search: ve.searchDomains } }
  const change: VeChange = {}
  for (const field of THROUGH_HOST)
    if (input[field] !== undefined && (field === 'sshKeys' || !same(input[field], is[field])))
      Object.assign(change, { [field]: input[field] })
  const features = { ...NO_FEATURES, ...(ve.features as VeFeatures), ...given(input.features ?? {}) }
  if (!same(features, ve.features)) change.features = features
  const limits = withLimits(limitsNow, input.limits ?? {})
  if (changedLimits(limitsNow, limits).length > 0) change.limits = limits
  if (input.rootPassword !== undefined) change.hasPassword = true
  return change
}

const given = <T extends object>(columns: T) =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Partial<T>

/** As JSON: whatever the order of keys. */
const same = (a: unknown, b: unknown) => canonical(a) === canonical(b)
const canonical = (value: unknown) =>
  JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
