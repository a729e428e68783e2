import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'
import { writeSecretFile } from './secret-file.ts'

const EMAIL = 'admin@corral.local'

/** DIR/admin.json: how the first admin, and scripts in their name, get in. */
export type AdminFile = { url: string; email: string; password: string; apiToken: string }

export const adminFilePath = (dataDir: string) => path.join(dataDir, 'admin.json')

/**
 * Makes the first admin, unless admin.json tells of one already. The password is in admin.json before the
 * account is made: an interruption in between loses nothing.
 */
export async function ensureAdmin(options: {
  checkout: string
  dataDir: string
  url: string
  env: NodeJS.ProcessEnv
  /** Asks the database even if admin.json looks complete: it may tell of another database's admin. */
  doubt?: boolean
}): Promise<AdminFile> {
  const { dataDir, url } = options
  const file = adminFilePath(dataDir)
  const known: Partial<AdminFile> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const email = known.email ?? EMAIL
  const password = known.password ?? randomBytes(15).toString('base64url')
  const save = (apiToken: string | undefined) => {
    const content = { url, email, password, apiToken }
    if (JSON.stringify(known) !== JSON.stringify(content)) {
      writeSecretFile(file, `${JSON.stringify(content, null, 2)}\n`)
    }
  }
  save(known.apiToken)
  if (known.apiToken && !options.doubt) return { url, email, password, apiToken: known.apiToken }
  const made = await makeAdmin(options.checkout, { email, password, apiToken: known.apiToken }, options.env)
  if (!made.apiToken) {
    throw new SetupProblem(
      `This database has an administrator already, and the password in ${file} is not theirs.`,
      'Put the admin.json back that belongs to this database, or start afresh with another --data DIR.',
    )
  }
  save(made.apiToken)
  return { url, email, password, apiToken: made.apiToken }
}

/** In a process of its own: what it needs (better-auth, Prisma) would stay in ours for as long as the panel runs. */
async function makeAdmin(
  checkout: string,
  input: { email: string; password: string; apiToken?: string },
  env: NodeJS.ProcessEnv,
): Promise<{ apiToken: string | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/cli/make-first-admin.ts'], {
    cwd: checkout,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  child.stdin.end(JSON.stringify(input))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0 && saysDiskFull(errors)) throw diskFullProblem('the database')
  if (code !== 0) throw new Error(`The first admin could not be made:\n${errors}`)
  return JSON.parse(output.trim().split('\n').at(-1) ?? '{}')
}
