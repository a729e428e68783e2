import { Problem } from '../../../lib/contract/problem.ts'
import { SYSTEM_NAMESPACES } from '../../../lib/contract/ve-application.ts'
import { VE_FEATURE_NAMES } from '../../../lib/contract/ve-features.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

type Made = Pick<VeSpec, 'kind' | 'namespaces' | 'application' | 'features'>

function wrong(field: string, text: string): Problem {
  return new Problem('invalid-input', text, { fields: { [`spec.${field}`]: text } })
}

/** What a user namespace holds in is the host's without one. */
function refuseFeatures({ namespaces, features }: Made): void {
  const on = VE_FEATURE_NAMES.find((name) => features[name])
  const extra = on ?? (features.capabilities.length > 0 ? 'capabilities' : undefined)
  if (extra !== undefined && !namespaces.includes('user')) {
    throw wrong(`features.${extra}`, 'It takes users of the VE’s own.')
  }
  if (features.tun && !namespaces.includes('network')) {
    throw wrong('features.tun', 'It takes a network of the VE’s own.')
  }
}

/** Throws `invalid-input` for what does not go together, or would open the host. Pure. */
export function refuseSpec(spec: Made): void {
  if (spec.kind === 'system') {
    const missing = SYSTEM_NAMESPACES.filter((name) => !spec.namespaces.includes(name))
    if (missing.length > 0)
      throw wrong('namespaces', `A system container needs its own: ${missing.join(', ')}.`)
    if (spec.application !== null) throw wrong('application', 'A system container runs its init.')
  } else if (spec.application === null) throw wrong('application', 'Say which program it runs.')
  refuseFeatures(spec)
}
