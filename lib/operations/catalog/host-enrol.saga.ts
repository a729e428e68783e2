import { HOST_TOOLS } from '../../contract/host-facts.ts'
import { Problem } from '../../contract/problem.ts'
import { hostCredential } from '../../hosts/resource.ts'
import { judgeHost, type Verdict } from '../../hosts/support.ts'
import type { Enrolment, ProbedKey } from '../host-access.ts'
import { problemColumn } from '../problem-column.ts'
import type { Saga, SagaContext } from '../saga.ts'
import { factColumns, updateHost } from './host-subject.ts'

/** Signed in on the first use, and again after a take-over; a simulated host has no credential. */
function signIn({ hosts, input, secret, signal }: SagaContext<'host-enrol'>): Promise<Enrolment> {
  const credential = secret === undefined ? null : hostCredential.parse(secret)
  return hosts.enrol(input.hostId, credential, signal)
}

export const hostEnrolSaga: Saga<'host-enrol'> = {
  steps: {
    connect: {
      async do(context) {
        const { hostKey } = await signIn(context)
        context.log(`Signed in; the host shows the confirmed key ${hostKey.fingerprint}.`)
        return hostKey
      },
    },
    inspect: {
      async do(context) {
        const enrolment = await signIn(context)
        const found = await enrolment.inspect(context.signal)
        context.log(`${found.distribution.name}, Linux ${found.kernel} on ${found.machine}.`)
        return judgeHost(found)
      },
    },
    /** Packages stay when a later step fails: they are the distribution's own and others may lean on them by then. */
    'install-packages': {
      async do(context) {
        const { missing } = context.outputs.inspect as Verdict
        if (missing.length === 0) return context.progress('Nothing is missing')
        for (const tool of missing)
          context.log(`Installing ${HOST_TOOLS[tool].package}: ${HOST_TOOLS[tool].why}.`)
        const enrolment = await signIn(context)
        const packages = [...new Set(missing.map((tool) => HOST_TOOLS[tool].package))]
        const { unavailable } = await enrolment.installPackages(packages, context.log, context.signal)
        reportUnavailable(context, unavailable)
        context.progress(packages.filter((name) => !unavailable.includes(name)).join(', '))
      },
    },
    'install-agent': {
      async do(context) {
        await (await signIn(context)).installAgent(context.operationId, context.signal)
      },
      async undo(context) {
        await (await signIn(context)).removeAgent(context.operationId, context.signal)
      },
    },
    'read-facts': { do: (context) => context.call(context.input.hostId, 'host-facts', {}) },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded') {
      const host = await tx.host.findUnique({ where: { id: input.hostId }, select: { factsAt: true } })
      // One that was enrolled before may answer as it did: watching it will tell.
      const status = host?.factsAt ? 'offline' : 'failed'
      return updateHost(tx, input.hostId, { status, problem: problemColumn(outcome.problem) })
    }
    const { hostKey, fingerprint } = outputs.connect as ProbedKey
    const facts = factColumns(outputs['read-facts'])
    const lastSeenAt = new Date()
    const host = await tx.host.findUnique({ where: { id: input.hostId }, select: { maintenanceAt: true } })
    const status = host?.maintenanceAt ? 'maintenance' : 'online'
    await updateHost(tx, input.hostId, { ...facts, hostKey, fingerprint, status, lastSeenAt })
  },
}

/** What is needed must be there; what is merely useful is named in the log, and the host reports the capability it lacks. */
function reportUnavailable(context: SagaContext<'host-enrol'>, unavailable: string[]) {
  const tools = Object.values(HOST_TOOLS)
  for (const name of unavailable) {
    const tool = tools.find((entry) => entry.package === name)
    if (tool?.required)
      throw new Problem(
        'missing-packages',
        `The host’s repositories have no package ${name}, which ${tool.why}.`,
      )
    context.log(`The host’s repositories have no package ${name}, which ${tool?.why}: going on without.`)
  }
}
