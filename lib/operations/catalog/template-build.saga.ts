import type { AgentResult } from '../../contract/agent-protocol.ts'
import { ARCH } from '../../contract/arch.ts'
import { Problem } from '../../contract/problem.ts'
import { templateDefinition } from '../../contract/template-definition.ts'
import { GIB } from '../../contract/units.ts'
import { type Db, db } from '../../db/client.ts'
import { Prisma } from '../../db/generated/client.ts'
import { emitEvent } from '../../events/emit.ts'
import { problemColumn } from '../problem-column.ts'
import type { Saga } from '../saga.ts'

/** What a build may take on the host: a package's script that runs wild ends here. */
const BUILD_LIMITS = { memoryBytes: 2 * GIB, diskBytes: 8 * GIB, processes: 1024, timeoutSeconds: 3000 }

async function loadTemplate(templateId: string) {
  const template = await db().template.findUnique({ where: { id: templateId } })
  if (!template) throw new Problem('not-found', 'This template does not exist any more.')
  const definition = templateDefinition.parse(template.definition)
  const cache = `${definition.family}-${definition.suite}-${ARCH[definition.arch].debian}-${templateId}`
  return { definition, cache }
}

export const templateBuildSaga: Saga<'template-build'> = {
  steps: {
    build: {
      async do(context) {
        const { definition, cache } = await loadTemplate(context.input.templateId)
        const { hostId } = context.input
        return context.call(hostId, 'template-build', { cache, definition, limits: BUILD_LIMITS })
      },
      /** A cache that the host had before stays, unless the build was done before it could be called off. */
      async undo(context) {
        const { templateId, hostId } = context.input
        const had = await db().templateCache.count({ where: { templateId, hostId } })
        const { cache } = await loadTemplate(templateId)
        if (had === 0) return void (await context.call(hostId, 'template-remove', { cache }))
        const { built } = await context.call(hostId, 'template-call-off', { cache })
        if (built) await recordCache(db(), context.input, built)
      },
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded') await recordCache(tx, input, outputs.build)
    const caches = await tx.templateCache.count({ where: { templateId: input.templateId } })
    const building = await tx.operation.count({
      where: { templateId: input.templateId, type: 'template-build', status: { in: ['queued', 'running'] } },
    })
    const problem = outcome.status === 'succeeded' ? Prisma.DbNull : problemColumn(outcome.problem)
    // The operation that ends here still counts as running.
    const status = caches > 0 ? 'ready' : building > 1 ? 'building' : 'failed'
    const [template] = await tx.template.updateManyAndReturn({
      where: { id: input.templateId },
      data: { status, problem },
      select: { id: true, accountId: true },
    })
    if (template) await emitEvent(tx, { topic: 'template', ...template })
  },
  result: ({ outputs }) => outputs.build,
}

async function recordCache(tx: Db, key: { templateId: string; hostId: string }, output: unknown) {
  const built = output as AgentResult<'template-build'>
  const { cache, digest, sizeBytes, diskBytes, packages } = built
  const data = { cache, digest, sizeBytes, diskBytes, packages, builtAt: new Date() }
  const { templateId, hostId } = key
  await tx.templateCache.upsert({
    where: { templateId_hostId: { templateId, hostId } },
    create: { templateId, hostId, ...data },
    update: data,
  })
}
