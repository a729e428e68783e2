import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { diskFullProblem, saysDiskFull } from '../setup/setup-problem.ts'
import { withFileLock } from './file-lock.ts'

/**
 * The directory `target`, built by `build` if it is not there: once, whoever asks at the same time, and under another name until it
 * is finished, so that an interrupted build is never taken for a whole one.
 */
export async function builtOnce(
  target: string,
  build: (unfinished: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<string> {
  if (existsSync(target)) return target
  return withFileLock(`${target}.lock`, () => underOtherName(target, build), signal)
}

async function underOtherName(target: string, build: (unfinished: string) => Promise<void>): Promise<string> {
  if (existsSync(target)) return target
  const parent = path.dirname(target)
  const prefix = `${path.basename(target)}.unfinished-`
  // Whoever made these is dead, or we would not have the lock.
  for (const entry of readdirSync(parent))
    if (entry.startsWith(prefix)) rmSync(path.join(parent, entry), { recursive: true, force: true })
  // A new name each time: a builder whose raiser was killed may still be writing to the old one.
  const unfinished = mkdtempSync(path.join(parent, prefix))
  try {
    await build(unfinished)
    renameSync(unfinished, target)
    return target
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (saysDiskFull(error)) throw diskFullProblem(parent, error)
    throw error
  }
}
