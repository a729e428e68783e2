import { setTimeout as delay } from 'node:timers/promises'
import type { Saga } from '../saga.ts'
import { loadVe, settleVe, veKeyOf } from './ve-subject.ts'

const LOOK_EVERY_MS = 200

export const veStopSaga: Saga<'ve-stop'> = {
  steps: {
    halt: {
      /** When it was asked, by the worker's clock: a worker that takes over goes on waiting, it does not begin anew. */
      async do(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        if (context.input.timeoutSeconds === 0) return { asked: false, at: Date.now() }
        const { asked } = await context.call(hostId, 've-halt', veKeyOf(spec))
        return { asked, at: Date.now() }
      },
    },
    wait: {
      async do(context) {
        const { asked, at } = context.outputs.halt as { asked: boolean; at: number }
        const { hostId, spec } = await loadVe(context.input.veId)
        const until = at + context.input.timeoutSeconds * 1000
        while (asked && Date.now() < until) {
          const { ves } = await context.call(hostId, 've-state', { veid: spec.veid }, String(Date.now()))
          if (!ves.some(({ state }) => state === 'running')) return { halted: true }
          await delay(LOOK_EVERY_MS, undefined, { signal: context.signal })
        }
        if (asked) context.log(`It did not halt within ${context.input.timeoutSeconds} s and is killed.`)
        return { halted: !asked }
      },
    },
    stop: {
      async do(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        return context.call(hostId, 've-stop', veKeyOf(spec))
      },
    },
  },
  /** A stop that failed cannot be undone: the VE counts as running until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'stopped', observed: outputs.stop })
    const problem = outcome.status === 'cancelled' ? undefined : outcome.problem
    await settleVe(tx, input.veId, { state: 'running', problem, keepStart: true })
  },
}
