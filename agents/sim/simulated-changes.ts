/** What a simulated host does to a VE that is there: change it, rescue it, run a command in it. */
import { Problem } from '../../lib/contract/problem.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { veSentinel } from './sentinels.ts'
import type { SimulatedMethods, SimulatedState } from './simulated-methods.ts'

export function owned(state: SimulatedState, ve: { veid: number; uuid: string; epoch: number }) {
  state.ves.checkUuid(ve.veid, ve.uuid)
  state.ves.checkEpoch(ve.veid, ve.epoch)
  const found = state.ves.get(ve.veid)
  if (!found) throw new Problem('not-found', `There is no VE ${ve.veid} on this host.`)
  return found
}

export const VE_CHANGE_METHODS: Pick<SimulatedMethods, 've-configure' | 've-rescue' | 've-exec'> = {
  async 've-configure'(state, { spec }, report) {
    const ve = owned(state, spec)
    await report.step('Bring it to its new settings', veSentinel(ve.name) === 'slow-configure' ? 3_000 : 150)
    // What it is already is refused by no host.
    if (ve.accepted !== JSON.stringify(spec)) refuse(ve.name, spec)
    ve.accepted = JSON.stringify(spec)
    return state.ves.observe(spec.veid)
  },

  async 've-rescue'(state, { spec }, report) {
    const { name } = owned(state, spec)
    await report.step('Make the rescue root', 300)
    if (veSentinel(name) === 'fail-start')
      throw new Problem('ve-start-failed', `The rescue root of ${name} did not start (simulated).`)
    state.ves.start(spec.veid, true)
    return state.ves.observe(spec.veid)
  },

  async 've-exec'(state, { command, stdin, timeoutSeconds, outputBytes, ...key }, report) {
    const ve = owned(state, key)
    if (ve.initPid === null) throw new Problem('ve-not-running', `VE ${key.veid} does not run.`)
    if (veSentinel(ve.name) === 'fail-exec')
      throw new Problem('agent-failed', `No command can be run in ${ve.name} (simulated).`)
    await report.step('Run the command', 50)
    const { stdout, exitCode } = simulated(command, stdin, timeoutSeconds)
    return {
      exitCode,
      signal: exitCode === null ? 9 : null,
      timedOut: exitCode === null,
      stdout: stdout.slice(0, outputBytes),
      stderr: '',
      truncated: stdout.length > outputBytes,
    }
  },
}

function refuse(name: string, { firewall }: VeSpec) {
  const sentinel = veSentinel(name)
  if (sentinel === 'fail-configure')
    throw new Problem('agent-failed', `${name} could not be changed (simulated).`)
  if (sentinel === 'fail-firewall' && firewall.rules.length > 0)
    throw new Problem('firewall-refused', `The host refuses a rule of ${name} (simulated).`, {
      fields: { 'firewall.rules.0': 'The kernel refuses this rule (simulated).' },
    })
}

/** `true`, `false`, `cat`, and `sleep` do what they do; of all others only their words come back. */
function simulated([program = '', ...words]: string[], stdin: string, timeoutSeconds: number) {
  if (program === 'true') return { stdout: '', exitCode: 0 }
  if (program === 'false') return { stdout: '', exitCode: 1 }
  if (program === 'cat') return { stdout: stdin, exitCode: 0 }
  if (program === 'sleep' && Number(words[0]) > timeoutSeconds) return { stdout: '', exitCode: null }
  return { stdout: `simulated: ${[program, ...words].join(' ')}\n`, exitCode: 0 }
}
