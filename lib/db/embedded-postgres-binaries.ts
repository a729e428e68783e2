import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { SetupProblem } from '../setup/setup-problem.ts'
import { canExecute, giveTo, type PostgresAccount } from './embedded-postgres-account.ts'

const DEBIAN_ROOT = '/usr/lib/postgresql'

/**
 * The directory with `initdb` and `postgres` that `account` may run: the npm package's where it lies, a copy
 * of it in `dir` when node_modules is under a home that the account cannot enter, or else Debian's.
 */
export function postgresBinaries(dir: string, account: PostgresAccount): string {
  const packaged = packagedBinaries()
  if (!packaged) return debianBinaries()
  makeLibraryLinks(packaged.native)
  if (canExecute(account, path.join(packaged.native, 'bin/postgres')))
    return path.join(packaged.native, 'bin')
  const copy = path.join(dir, `dist-${packaged.version}`)
  if (!existsSync(copy)) copyBinaries(packaged.native, copy, account)
  return path.join(copy, 'bin')
}

function packagedBinaries(): { native: string; version: string } | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    const root = path.resolve(entry, '../..')
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    return { native: path.join(root, 'native'), version }
  } catch {
    return undefined
  }
}

/**
 * npm packs no symbolic links; the package makes them in an install script, and we run none (.npmrc): some of our
 * packages would fetch a binary or call a compiler in theirs. The list names paths from the package's root.
 */
function makeLibraryLinks(native: string) {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const link of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const [source, target] = [
      path.resolve(native, '..', link.source),
      path.resolve(native, '..', link.target),
    ]
    if (!existsSync(target)) symlinkSync(path.relative(path.dirname(target), source), target)
  }
}

function copyBinaries(native: string, copy: string, account: PostgresAccount) {
  const unfinished = `${copy}.new`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true })
  // Under a strict umask the package's files are for their owner only: make the account the owner.
  giveTo(account, unfinished)
  renameSync(unfinished, copy)
}

function debianBinaries(): string {
  const versions = existsSync(DEBIAN_ROOT) ? readdirSync(DEBIAN_ROOT) : []
  const newest = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a))[0]
  if (newest) return path.join(DEBIAN_ROOT, newest, 'bin')
  throw new SetupProblem(
    `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}.`,
    'Install PostgreSQL 15 or newer with your package manager, or set DATABASE_URL to a server you have.',
  )
}
