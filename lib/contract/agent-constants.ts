/** The parts of the agent's protocol that are no schemas: what the agent needs before it knows which method is asked for. */

/** Raised with every incompatible change. An agent answers a request of another version with `agent-version-mismatch`. */
export const PROTOCOL_VERSION = 1

/** A request's id: its idempotency key. */
export const REQUEST_KEY = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/

/** How long init may be given to halt, in seconds. A stop takes up a channel to its host, of which there are few, all that while. */
export const STOP_SECONDS_MOST = 300

/** What SSH_ORIGINAL_COMMAND may be under the panel's key; everything else is refused. */
export const FORCED_COMMANDS = ['call', 'watch'] as const
export type ForcedCommand = (typeof FORCED_COMMANDS)[number]

/** Where things are on a host. */
export const HOST_PATHS = {
  agent: '/usr/local/lib/corral/agent.js',
  releaseKeys: '/usr/local/lib/corral/release-keys',
  state: '/var/lib/corral',
  journal: '/var/lib/corral/journal',
  run: '/run/corral',
  vz: '/vz',
  templateCache: '/vz/template/cache',
  ve: '/vz/ve',
} as const
