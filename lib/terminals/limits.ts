/** The parts of the terminals' protocol that are no schemas: what the browser needs of it. */

/** Where the WebSocket is. */
export const TERMINALS_URL = '/api/terminals'

/** Between acknowledgements the browser may have this much before it. */
export const WINDOW_BYTES = 128 * 1024
/** The browser acknowledges at least this often. */
export const ACK_EVERY_BYTES = 32 * 1024
/** What is pasted goes in pieces of this size; a longer message is refused. */
export const INPUT_PIECE_BYTES = 16 * 1024
export const INPUT_MOST_BYTES = 64 * 1024
