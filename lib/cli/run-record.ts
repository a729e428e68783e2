import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { identityOf, isAlive, type ProcessIdentity } from '../setup/process-identity.ts'

/** DIR/up.json: which processes belong to a running (or killed) `npm run up`, for `down` and for the next `up`. */
export type RunRecord = { up: ProcessIdentity; url: string; children: Record<string, ProcessIdentity> }

const recordFile = (dir: string) => path.join(dir, 'up.json')

export function readRunRecord(dir: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(dir), 'utf8')) as RunRecord
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A record cut short by a full disk says nothing: as good as none.
    if (code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

export function writeRunRecord(dir: string, record: RunRecord) {
  mkdirSync(dir, { recursive: true })
  const unfinished = `${recordFile(dir)}.${process.pid}`
  writeFileSync(unfinished, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(unfinished, recordFile(dir))
}

export const removeRunRecord = (dir: string) => rmSync(recordFile(dir), { force: true })

/** The `npm run up` that runs on this data directory now. */
export function findRunning(dir: string): RunRecord | undefined {
  const record = readRunRecord(dir)
  return record && isAlive(record.up) ? record : undefined
}

/**
 * Takes the data directory for this process, or gives the record of the process that has it. The file is created
 * exclusively; one that a dead process left is removed first.
 */
export function claimDataDir(dir: string, url: string): { record: RunRecord } | { running: RunRecord } {
  mkdirSync(dir, { recursive: true })
  const self = identityOf(process.pid)
  if (!self) throw new Error('this process has no start time')
  for (;;) {
    const running = findRunning(dir)
    if (running) return { running }
    const record = { up: self, url, children: {} }
    try {
      writeFileSync(recordFile(dir), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
      return { record }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      removeRunRecord(dir)
    }
  }
}
