/** What the key of a move runs on the destination: takes what the source sends, until that ends. Words: VEID MOVE. */
import { bootId } from '../facts/boot-id.ts'
import type { Sys } from '../sys/sys.ts'
import { readAccepted } from './incoming.ts'
import { movePaths } from './move-paths.ts'
import { RECEIVE } from './receive-script.ts'

export function receive(sys: Sys): void {
  const [, veid = '', move = ''] = sys.args
  const accepted = /^\d{3,10}$/.test(veid) ? readAccepted(sys, Number(veid)) : null
  if (accepted === null || accepted.move !== move || sys.now() > accepted.expiresAt) {
    sys.output('error nothing is expected by this move\n')
    sys.exit(1)
    return
  }
  const { incoming } = movePaths(Number(veid))
  const most = [accepted.diskBytes, accepted.memoryBytes].map(String)
  sys.exit(sys.runInPlace(['perl', '-e', RECEIVE, incoming, ...most, bootId(sys)]))
}
