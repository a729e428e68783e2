/**
 * One stage of a roll-out: a change for each VE, a few at once, until all have ended or one has failed. How far it is, is told by
 * the changes themselves (operations with the roll-out as their parent, one for each VE), so any worker goes on with it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Problem, type ProblemJson } from '../contract/problem.ts'
import { db } from '../db/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import { isLive, type OperationStatus } from '../operations/definition.ts'
import { askerOf, refuseEnded } from '../operations/parts.ts'
import type { SagaContext } from '../operations/saga.ts'
import { onVe } from '../ves/on-ve.ts'
import { applyVersion } from './apply.ts'
import { loadVersion } from './load-version.ts'
import { AT_ONCE } from './stages.ts'

const LOOK_AGAIN_MS = 300

type Context = Pick<SagaContext<'plan-roll-out'>, 'operationId' | 'input' | 'signal' | 'progress'>
type PartVe = { id: string; name: string; destroyedAt: Date | null }
type Part = { id: string; status: OperationStatus; problem: unknown; ve: PartVe | null }

/** `passed`: it did not need it any more, or is gone. Throws the problem of the change that failed first. */
export async function runStage(
  context: Context,
  veIds: readonly string[],
): Promise<{ changed: number; passed: number }> {
  const passed = new Set<string>()
  const parts = await readParts(context.operationId)
  for (;;) {
    context.signal.throwIfAborted()
    const own = veIds.flatMap((id) => parts.get(id) ?? [])
    refuseFailed(own.filter((part) => !isGone(part)))
    const live = veIds.filter((id) => isLive(parts.get(id)?.status ?? 'succeeded'))
    const left = veIds.filter((id) => !parts.has(id) && !passed.has(id))
    context.progress(`${own.length - live.length + passed.size} of ${veIds.length}`)
    if (live.length + left.length === 0) {
      const gone = own.filter(isGone).length
      return { changed: own.length - gone, passed: passed.size + gone }
    }
    const asked = left.slice(0, Math.max(0, AT_ONCE - live.length))
    for (const veId of asked) if (!(await ask(context, veId))) passed.add(veId)
    await delay(LOOK_AGAIN_MS, undefined, { signal: context.signal })
    // What has ended stays so: a stage of thousands is not read again and again.
    for (const [id, part] of await readParts(context.operationId, [...live, ...asked])) parts.set(id, part)
  }
}

/** By VE; of all of them unless some are named. */
async function readParts(parentId: string, veIds?: readonly string[]): Promise<Map<string, Part>> {
  const rows = await db().operation.findMany({
    where: { parentId, ...(veIds ? { veId: { in: [...veIds] } } : {}) },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      status: true,
      problem: true,
      ve: { select: { id: true, name: true, destroyedAt: true } },
    },
  })
  return new Map(rows.flatMap((row) => (row.ve ? [[row.ve.id, row] as const] : [])))
}

/** Its VE was destroyed before its turn came. */
const isGone = ({ status, ve }: Part) => !isLive(status) && status !== 'succeeded' && !!ve?.destroyedAt

function refuseFailed(parts: readonly Part[]): void {
  const failed = parts.find(({ status }) => !isLive(status) && status !== 'succeeded')
  if (!failed) return
  const name = failed.ve?.name ?? 'A VE'
  const context = { operation: failed.id }
  // Not itself "cancelled": nobody cancelled the roll-out.
  if (failed.status === 'cancelled')
    throw new Problem('conflict', `${name}: its change was cancelled.`, { context })
  const problem = Problem.fromJson(failed.problem as ProblemJson)
  throw new Problem(problem.code, `${name}: ${problem.detail}`, { context })
}

/** False when the VE does not need it: it is gone, has it already, or was given another plan meanwhile. */
function ask({ operationId, input }: Context, veId: string): Promise<boolean> {
  return retryingTransaction(async (tx) => {
    await refuseEnded(tx, operationId)
    const viewer = await askerOf(tx, operationId)
    const version = await loadVersion(tx, input)
    const ve = await tx.ve.findUnique({ where: { id: veId }, include: { planVersion: true } })
    if (!ve || ve.destroyedAt || ve.state === 'destroying') return false
    if (ve.planVersion?.planId !== version.planId || ve.planVersion.number >= version.number) return false
    if ((await tx.operation.count({ where: { parentId: operationId, veId } })) > 0) return true
    const asked = onVe(viewer, veId, 've:configure', tx, (command) =>
      applyVersion(viewer, command, version, operationId),
    )
    await asked.catch((error: unknown) => {
      throw error instanceof Problem ? named(error, ve.name) : error
    })
    return true
  })
}

function named(problem: Problem, name: string): Problem {
  const { code, detail, fields, context } = problem
  const more = { ...(fields ? { fields } : {}), ...(context ? { context } : {}), cause: problem }
  return new Problem(code, detail.includes(name) ? detail : `${name}: ${detail}`, more)
}
