import pino from 'pino'

/** The web process's log: JSON lines on stdout. */
export const log = pino({ name: 'web', level: process.env.CORRAL_LOG_LEVEL ?? 'info' })
