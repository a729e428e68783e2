/**
 * What this host was asked to do, by idempotency key, and how it ended.
 *
 *   (none) ──▶ begun ──▶ done      asked again: the stored result
 *                │  └──▶ failed    asked again: runs again (methods are idempotent and undo themselves)
 *                └── holder dead   asked again: runs again, which resumes
 *
 * "begun" need not survive a power cut: without it the method just runs again. "done" is on the disk before it counts.
 * Holds a digest of the parameters, never a parameter.
 */
import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { ensureDirectory, readJson, replaceFile, replaceFileDurably } from './sys/files.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from './sys/process-identity.ts'
import { mustRun } from './sys/run.ts'
import type { FileStat, Sys } from './sys/sys.ts'

type Entry = {
  method: string
  digest: string
  state: 'begun' | 'done' | 'failed'
  holder: ProcessIdentity
  result?: unknown
}

const KEEP_MS = 7 * 24 * 3_600_000
const PRUNE_EVERY_MS = 3_600_000
/** What a command in a VE printed may be long, and asked for often: it would fill the host. */
const LONG_BYTES = 65_536
const KEEP_LONG_MS = 3_600_000
const FOLLOW_EVERY_MS = 20
/** Between the making of an entry and the words in it. */
const WRITE_MS_MOST = 1_000

/** What may be a password, or hold one. */
const SECRET: ReadonlySet<string> = new Set(['rootPassword', 'environment', 'stdin'])

/** SHA-256 of the parameters. Secrets are left out: a digest of a short one could be guessed from the journal. */
export function paramsDigest(sys: Sys, method: string, params: unknown): string {
  const text = JSON.stringify([method, params], (name, value: unknown) => (SECRET.has(name) ? true : value))
  return mustRun(sys, ['sha256sum'], { stdin: text }).stdout.slice(0, 64)
}

function keyReused(key: string): Problem {
  return new Problem('idempotency-key-reused', `The key ${key} was used for a request with other parameters.`)
}

function keepMs(stat: FileStat): number {
  return stat.sizeBytes > LONG_BYTES ? KEEP_LONG_MS : KEEP_MS
}

/** Entries older than a week, long ones older than an hour, go, at most once an hour; the marker's time says when that last was. */
function prune(sys: Sys, folder: string): void {
  const marker = `${folder}/.pruned`
  const last = sys.stat(marker)
  if (last !== null && sys.now() - last.modifiedAt < PRUNE_EVERY_MS) return
  sys.write(marker, '')
  for (const name of sys.list(folder)) {
    const path = `${folder}/${name}`
    const stat = sys.stat(path)
    if (name !== '.pruned' && stat !== null && sys.now() - stat.modifiedAt > keepMs(stat)) sys.remove(path)
  }
}

/** The process that made it a moment ago may not have written yet; null when there is nothing, or what a power cut has torn. */
function readEntry(sys: Sys, path: string): Entry | null {
  const until = sys.now() + WRITE_MS_MOST
  for (;;) {
    const entry = readJson<Entry>(sys, path)
    if (entry !== null || sys.now() > until) return entry
    sys.sleep(FOLLOW_EVERY_MS)
  }
}

/** Waits for another process that works on the same key, and returns its entry when it is done or has died. */
function follow(sys: Sys, path: string, seen: Entry): Entry | null {
  let entry: Entry | null = seen
  while (entry !== null && entry.state === 'begun' && isAlive(sys, entry.holder)) {
    sys.sleep(FOLLOW_EVERY_MS)
    entry = readJson<Entry>(sys, path)
  }
  return entry
}

/**
 * Runs `work` once per key and returns its result, or the stored one.
 * Throws what `work` throws; `idempotency-key-reused` for a known key with other parameters.
 */
export function runOnce(
  sys: Sys,
  request: { key: string; method: string; params: unknown },
  work: () => unknown,
  folder: string = HOST_PATHS.journal,
): unknown {
  ensureDirectory(sys, folder)
  prune(sys, folder)
  const path = `${folder}/${request.key}.json`
  const digest = paramsDigest(sys, request.method, request.params)
  const begun: Entry = { method: request.method, digest, state: 'begun', holder: ownIdentity(sys) }
  if (!sys.createExclusive(path, JSON.stringify(begun), 0o600)) {
    const known = readEntry(sys, path)
    if (known !== null && known.digest !== digest) throw keyReused(request.key)
    const entry = known === null ? null : follow(sys, path, known)
    if (entry?.state === 'done') return entry.result
    replaceFile(sys, path, JSON.stringify(begun))
  }
  try {
    const result = work()
    replaceFileDurably(sys, path, JSON.stringify({ ...begun, state: 'done', result }))
    return result
  } catch (error) {
    replaceFile(sys, path, JSON.stringify({ ...begun, state: 'failed' }))
    throw error
  }
}
