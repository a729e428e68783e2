/**
 * Thrown through a saga when this worker must let go of it: it shuts down, or another worker has taken the operation
 * over. Not a failure: nothing is undone, nothing more is written.
 */
export class Interrupted extends Error {
  readonly reason: 'shutdown' | 'taken-over'

  constructor(reason: 'shutdown' | 'taken-over') {
    super(`Interrupted: ${reason}`)
    this.name = 'Interrupted'
    this.reason = reason
  }
}
