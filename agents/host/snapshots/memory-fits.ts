import { Problem } from '../../../lib/contract/problem.ts'
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** As its programs know it: how fast it is, is the host's business. What specs of that day knew nothing of cannot differ. */
function isSame(then: VeInterface, now: VeInterface | undefined): boolean {
  return Object.entries(then).every(([key, value]) => key === 'rate' || same(value, now?.[key as never]))
}

const inOrder = ({ interfaces }: Pick<VeSpec, 'interfaces'>) =>
  [...interfaces].sort((a, b) => a.index - b.index)

const names = (interfaces: readonly VeInterface[]) =>
  interfaces.map(({ ifname, addresses }) => [ifname, ...addresses].join(' ')).join(', ') || 'none'

/**
 * Memory goes on with the interfaces and addresses that its programs had: those of the host would be others, or another VE's by now.
 * Throws `conflict`.
 */
export function refuseOtherThanMemory(
  kept: Pick<VeSpec, 'interfaces' | 'kind' | 'namespaces' | 'application'>,
  spec: Pick<VeSpec, 'interfaces' | 'kind' | 'namespaces' | 'application'>,
): void {
  const [then, now] = [inOrder(kept), inOrder(spec)]
  if (then.length !== now.length || !then.every((each, index) => isSame(each, now[index]))) {
    const sentence = `Its interfaces were others when its memory was kept (${names(then)}; now: ${names(now)}).`
    throw new Problem('conflict', `${sentence} ${WAY_OUT}`)
  }
  if ((['kind', 'namespaces', 'application'] as const).every((name) => same(kept[name], spec[name]))) return
  throw new Problem(
    'conflict',
    `What it shares with its host, or runs, was another when its memory was kept. ${WAY_OUT}`,
  )
}
const WAY_OUT =
  'Make them as they were and try again, or create a VE from this snapshot, which takes its disk alone.'
