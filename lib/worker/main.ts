/**
 * The worker process. Environment: DATABASE_URL, CORRAL_DATA (the directory with secrets/), CORRAL_AGENT (the agent's
 * bundle; beside this file when unset), CORRAL_SECRET, CORRAL_TERMINAL_LISTEN (host:port where the web process reaches
 * terminals; a free port of 127.0.0.1 when unset), CORRAL_TERMINAL_IDLE_MINUTES (30), CORRAL_LOG_LEVEL. Logs JSON lines
 * to stdout. SIGTERM and SIGINT stop it in order; the second one at once.
 */
import path from 'node:path'
import pino from 'pino'
import { startWorker } from './start-worker.ts'

const log = pino({
  level: process.env.CORRAL_LOG_LEVEL ?? 'info',
  // Nothing secret is handed to the log; this is for what an error of a library might carry.
  redact: {
    paths: ['password', 'privateKey', 'passphrase', 'rootPassword', 'secret', 'sealed'].flatMap((key) => [
      key,
      `*.${key}`,
      `*.*.${key}`,
    ]),
    censor: '[hidden]',
  },
})

async function main() {
  const dataDir = path.resolve(process.env.CORRAL_DATA ?? '.corral')
  const worker = await startWorker({ dataDir, log })
  log.info({ worker: worker.id, pid: process.pid, rssBytes: process.memoryUsage.rss() }, 'worker is up')
  let asked = false
  const stop = async (signal: string) => {
    if (asked) process.exit(130)
    asked = true
    log.info({ signal }, 'worker stops')
    await worker.stop()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      stop(signal).catch((error) => {
        log.fatal({ err: error }, 'stopping failed')
        process.exit(1)
      })
    })
  await worker.ended
  if (!asked) throw new Error('The queue ended by itself.')
}

main().catch((error) => {
  log.fatal({ err: error }, 'worker failed')
  process.exit(1)
})
