import { Tag } from '../../_ui/badge.tsx'

/** On every simulated host and on every VE of one: nothing on it is evidence that anything works. */
export function SimulatedBadge() {
  return <Tag title="This host exists only inside Corral; its VEs do not run anywhere.">simulated</Tag>
}
