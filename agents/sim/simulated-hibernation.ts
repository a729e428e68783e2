/** How a simulated host keeps a VE's memory on its disk, and brings it back. */
import { Problem } from '../../lib/contract/problem.ts'
import { veSentinel } from './sentinels.ts'
import { owned } from './simulated-changes.ts'
import type { SimulatedMethods } from './simulated-methods.ts'

export const HIBERNATION_METHODS: Pick<SimulatedMethods, 've-hibernate' | 've-resume'> = {
  async 've-hibernate'(state, key, report) {
    const ve = owned(state, key)
    if (ve.checkpoint) return state.ves.observe(key.veid)
    if (ve.initPid === null) throw new Problem('ve-not-running', `VE ${key.veid} does not run.`)
    const sentinel = veSentinel(ve.name)
    await report.step('Write its memory to the disk', sentinel === 'slow-hibernate' ? 6_000 : 200)
    if (sentinel === 'fail-hibernate')
      throw new Problem('checkpoint-failed', `The memory of ${ve.name} could not be written (simulated).`)
    state.ves.hibernate(key.veid)
    return state.ves.observe(key.veid)
  },

  async 've-resume'(state, { spec }, report) {
    const ve = owned(state, spec)
    if (ve.initPid !== null) return state.ves.observe(spec.veid)
    if (!ve.checkpoint) throw new Problem('ve-state-forbids', `VE ${spec.veid} is not hibernated.`)
    await report.step('Bring its memory back', 200)
    if (veSentinel(ve.name) === 'fail-resume')
      throw new Problem('restore-failed', `${ve.name} could not be brought back (simulated).`)
    state.ves.resume(spec.veid)
    return state.ves.observe(spec.veid)
  },
}
