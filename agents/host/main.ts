/**
 * The agent: `agent.js COMMAND`, one request per process.
 *
 *   call      one JSON-RPC request on stdin, its answer on stdout
 *   watch     samples until stdin ends
 *   ended     what conmon runs when the init of a VE has ended: VEID BOOT
 *   serve     what sshd's forced command runs: the command comes from SSH_ORIGINAL_COMMAND, and only those above pass
 *   version   prints the version
 */
import { FORCED_COMMANDS } from '../../lib/contract/agent-constants.ts'
import { call } from './call.ts'
import { loadMethods } from './load-methods.ts'
import { nodeSys } from './sys/node.ts'
import { quickJsSys } from './sys/quickjs.ts'
import type { Sys } from './sys/sys.ts'
import { AGENT_VERSION } from './version.ts'

function isQuickJs(): boolean {
  return typeof (globalThis as { scriptArgs?: unknown }).scriptArgs !== 'undefined'
}

function commandOf(sys: Sys): string | undefined {
  const command = sys.args[0]
  if (command !== 'serve') return command
  const asked = sys.env('SSH_ORIGINAL_COMMAND') ?? ''
  return FORCED_COMMANDS.find((forced) => forced === asked)
}

function main(sys: Sys): void {
  switch (commandOf(sys)) {
    case 'call':
      call(sys)
      break
    case 'watch':
      loadMethods().watch(sys)
      break
    case 'ended':
      loadMethods().ended(sys, AGENT_VERSION)
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
