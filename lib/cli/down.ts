import { isAlive, signalProcess, waitUntilGone } from '../setup/process-identity.ts'
import { cleanUp } from './clean-up.ts'
import { parseDataDir } from './options.ts'
import { sayProblem } from './problems.ts'
import { readRunRecord } from './run-record.ts'

const CHILD_GRACE_MS = 10_000
/** `up` gives its children their grace, lowers the lab and stops PostgreSQL. */
const UP_GRACE_MS = 60_000

/** Asks `npm run up` to stop; if it was killed, or does not stop, does itself what is left. */
async function main(): Promise<void> {
  const dataDir = parseDataDir(process.argv.slice(2))
  const record = readRunRecord(dataDir)
  const running = record && isAlive(record.up)
  if (running) {
    console.log(`Stopping Corral at ${record.url} …`)
    signalProcess(record.up, 'SIGTERM')
    if (!(await waitUntilGone(record.up, UP_GRACE_MS))) signalProcess(record.up, 'SIGKILL')
  }
  const left = await cleanUp(dataDir, record, CHILD_GRACE_MS)
  if (left.length > 0) console.log(`Stopped what was left: ${left.join(', ')}.`)
  else console.log(running ? 'Stopped.' : `Nothing of Corral runs in ${dataDir}.`)
}

try {
  await main()
  process.exit(0)
} catch (error) {
  sayProblem(error, '.corral')
  process.exit(1)
}
