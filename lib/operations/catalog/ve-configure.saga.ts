import { isDeepStrictEqual } from 'node:util'
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import type { VeSpec } from '../../contract/ve-spec.ts'
import { type Db, db } from '../../db/client.ts'
import { atTheirPlaces, placesOfRules } from '../../firewall/lay-out.ts'
import type { FirewallSettings } from '../../firewall/resource.ts'
import { changedRow } from '../../ves/changed-row.ts'
import { rulesOfSets, veSpecOf } from '../../ves/spec.ts'
import { dropReserved, setIdsOf, writeChange } from '../../ves/write-change.ts'
import { emitVeEvent } from '../events.ts'
import { clearHalfDone, problemColumn } from '../problem-column.ts'
import type { Outcome, Saga } from '../saga.ts'
import { guestAccess, loadVeRow } from './ve-subject.ts'

/** `places`: where the firewall's rules were written, in the order in which they are laid out. */
type Compared = { hostId: string; before: VeSpec; after: VeSpec; sshKeys: string[]; places: string[] }

export const veConfigureSaga: Saga<'ve-configure'> = {
  steps: {
    /** Kept, so that every try asks for the same, whatever is renamed meanwhile. */
    compare: {
      async do({ input: { veId, change } }): Promise<Compared> {
        const row = await loadVeRow(veId)
        const ids = change.firewall ? setIdsOf(change.firewall) : []
        const sets = await db().firewallSet.findMany({ where: { id: { in: ids } } })
        const changed = changedRow(row, change, sets)
        const sshKeys = change.sshKeys ?? row.sshKeys
        const places = placesOfRules(changed.firewall as FirewallSettings, rulesOfSets(changed))
        return { hostId: row.hostId, before: veSpecOf(row), after: veSpecOf(changed), sshKeys, places }
      },
    },
    configure: {
      async do(context) {
        const { hostId, after: spec, sshKeys, places } = context.outputs.compare as Compared
        const { hasPassword, sshKeys: given } = context.input.change
        const access = hasPassword || given ? { access: guestAccess(context.secret, sshKeys) } : {}
        try {
          return await context.call(hostId, 've-configure', { spec, ...access })
        } catch (error) {
          throw error instanceof Problem ? asAsked(atTheirPlaces(error, places)) : error
        }
      },
      /** A host that refused went back by itself; one whose answer was lost is told what was. */
      async undo(context) {
        const { hostId, before, after } = context.outputs.compare as Compared
        if (!isDeepStrictEqual(before, after)) await context.call(hostId, 've-configure', { spec: before })
      },
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      await writeChange(tx, input.veId, input.change, outputs.configure as ObservedVe)
    // What is stuck may have its addresses on the host still.
    else if (outcome.status !== 'stuck') await dropReserved(tx, input.change)
    await tell(tx, input.veId, outcome)
  },
}

/** Limits are refused by their place in the specification: people gave them without it. */
function asAsked(problem: Problem): Problem {
  const fields = Object.entries(problem.fields ?? {})
  if (!fields.some(([field]) => field.startsWith('spec.'))) return problem
  return new Problem(problem.code, problem.detail, {
    fields: Object.fromEntries(fields.map(([field, text]) => [field.replace(/^spec\./, ''), text])),
    context: problem.context ?? {},
    cause: problem,
  })
}

/** Its state is as before. Only of what is half changed the VE itself says so, until that is over: the rest is the operation's. */
async function tell(tx: Db, veId: string, outcome: Outcome): Promise<void> {
  const where = { id: veId, destroyedAt: null }
  if (outcome.status === 'stuck')
    await tx.ve.updateMany({ where, data: { problem: problemColumn(outcome.problem) } })
  else await clearHalfDone(tx, veId)
  const ve = await tx.ve.findFirst({ where, select: { id: true, accountId: true } })
  if (ve) await emitVeEvent(tx, ve)
}
