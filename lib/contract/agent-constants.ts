/** The parts of the agent's protocol that are no schemas: what the agent needs before it knows which method is asked for. */

/** Raised with every incompatible change. An agent answers a request of another version with `agent-version-mismatch`. */
export const PROTOCOL_VERSION = 2

/** A request's id: its idempotency key. */
export const REQUEST_KEY = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/

/** How long init may be given to halt, in seconds. The panel waits, not the agent: no channel to the host is taken up. */
export const STOP_SECONDS_MOST = 3600

/**
 * The first word of what SSH_ORIGINAL_COMMAND may be under the panel's key; everything else is refused.
 *
 *   call                       one request
 *   ready                      the same, for one that is about to come and rare: says READY once all is read that answers it
 *   watch                      samples until stdin ends
 *   console VEID UUID EPOCH    a root shell in the VE on the channel's own terminal, whose size it follows
 *   boot-log VEID UUID EPOCH   what is kept of the words of the VE's init, then what it says, until stdin ends
 *
 * The last two first say one line of JSON, TERMINAL_OPENED or {"error": problem}; all that follows is bytes of the terminal. The
 * exit status of a console is the shell's.
 */
export const FORCED_COMMANDS = ['call', 'ready', 'watch', 'console', 'boot-log'] as const
export type ForcedCommand = (typeof FORCED_COMMANDS)[number]

/** The line that an agent which is "ready" begins with. */
export const READY = '{"ready":true}'

/** A terminal's first line when it is open: what comes before is no word of the VE. A pty ends it by "\r\n". */
export const TERMINAL_OPENED = '{"opened":true}'

/** What console and boot-log are told: which VE, as of which epoch. */
export const VE_ARGUMENTS = /^(\d{3,10}) ([0-9a-f-]{36}) (\d{1,10})$/

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
