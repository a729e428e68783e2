import { Problem } from '../contract/problem.ts'
import type { Ve } from '../db/generated/client.ts'

/** What is judged by what its host has waits until it is known which host that is. Throws `conflict`. */
export function refuseMoving({ name, movingToId }: Pick<Ve, 'name' | 'movingToId'>): void {
  if (movingToId === null) return
  throw new Problem('conflict', `${name} is being moved to another host: ask again once that has ended.`)
}
