import { Problem } from '../contract/problem.ts'

export type Noun =
  | 'VE'
  | 'host'
  | 'template'
  | 'plan'
  | 'operation'
  | 'address pool'
  | 'host group'
  | 'interface'
  | 'snapshot'
  | 'backup'
  | 'backup store'
  | 'firewall set'
  | 'kept disk'

/** One answer for an id that nobody has, for another person's, and for text that is no id: none tells them apart. */
export function notFound(noun: Noun): Problem {
  return new Problem('not-found', `There is no ${noun} with this id.`)
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Lets only a UUID through to the database, which refuses other text with an error of its own. */
export function idOf(noun: Noun, id: string): string {
  if (!UUID.test(id)) throw notFound(noun)
  return id.toLowerCase()
}
