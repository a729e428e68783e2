/**
 * The agent: `agent.js COMMAND`, one request per process.
 *
 *   call      one JSON-RPC request on stdin, its answer on stdout
 *   ready     the same, of a rare request that comes later: what answers it is read before
 *   watch     samples until stdin ends
 *   console   a root shell in a VE on this terminal: VEID UUID EPOCH
 *   boot-log  what a VE's init wrote to its console, and goes on writing: VEID UUID EPOCH
 *   ended     what conmon runs when the init of a VE has ended: VEID BOOT
 *   quota-shim  what the listener for a VE's quota programs runs: VEID UID GID VERB and words
 *   receive   what the source of a move runs by the key of that move, and takes from it: VEID MOVE
 *   serve     what sshd's forced command runs: the command comes from SSH_ORIGINAL_COMMAND, and only those above pass
 *   version   prints the version
 */
import { FORCED_COMMANDS, type ForcedCommand } from '../../lib/contract/agent-constants.ts'
import { call, callReady } from './call.ts'
import { loadRare, loadUsual, loadWatching } from './load-part.ts'
import { nodeSys } from './sys/node.ts'
import { quickJsSys } from './sys/quickjs.ts'
import type { Sys } from './sys/sys.ts'
import { AGENT_VERSION } from './version.ts'

/** Those that take the name of a VE. */
const ON_VE: ReadonlySet<ForcedCommand> = new Set(['console', 'boot-log'])

function isQuickJs(): boolean {
  return typeof (globalThis as { scriptArgs?: unknown }).scriptArgs !== 'undefined'
}

/** The command and its arguments as one text. */
function commandOf(sys: Sys): { command: string | undefined; rest: string } {
  const [command, ...words] = sys.args
  if (command !== 'serve') return { command, rest: words.join(' ') }
  const asked = sys.env('SSH_ORIGINAL_COMMAND') ?? ''
  const forced = FORCED_COMMANDS.find(
    (name) => asked === name || (ON_VE.has(name) && asked.startsWith(`${name} `)),
  )
  return { command: forced, rest: asked.slice((forced?.length ?? 0) + 1) }
}

function main(sys: Sys): void {
  const { command, rest } = commandOf(sys)
  switch (command) {
    case 'call':
      call(sys)
      break
    case 'ready':
      callReady(sys)
      break
    case 'watch':
      loadWatching(sys).watch(sys)
      break
    case 'console':
    case 'boot-log':
      loadRare(sys).terminal(sys, command, rest)
      break
    case 'ended':
      loadUsual(sys).ended(sys, AGENT_VERSION)
      break
    case 'quota-shim':
      loadRare(sys).quotaShim(sys)
      break
    case 'receive':
      loadRare(sys).receive(sys)
      break
    case 'version':
      sys.output(`${AGENT_VERSION}\n`)
      break
    default:
      sys.output(`Refused: this key may run ${FORCED_COMMANDS.join(' or ')} only.\n`)
      sys.exit(126)
  }
}

main(isQuickJs() ? quickJsSys() : nodeSys())
