import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runPrisma } from '../db/migrate.ts'
import { startTestPostgres } from '../db/test-postgres.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')

/** `npm run migrate:new -- name`: writes the migration from the committed ones to the schema files, for review. */
async function main(name: string | undefined) {
  if (!name || !/^[a-z0-9-]+$/.test(name)) {
    throw new Error('Give the migration a name in kebab case: npm run migrate:new -- add-ve-notes')
  }
  const sql = await difference()
  if (!sql.includes(';')) return console.log('The migrations say what the schema says: nothing to do.')
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const dir = path.join(CHECKOUT, 'prisma/migrations', `${stamp}_${name}`)
  mkdirSync(dir, { recursive: true })
  writeFileSync(path.join(dir, 'migration.sql'), sql)
  console.log(`Wrote ${path.relative(CHECKOUT, dir)}/migration.sql. Read it before you commit it.`)
}

/** The old state is what the migrations make of an empty database, so hand-written parts count too. */
async function difference(): Promise<string> {
  const postgres = await startTestPostgres()
  try {
    const argv = [
      'migrate',
      'diff',
      '--from-migrations',
      'prisma/migrations',
      '--to-schema',
      'prisma',
      '--script',
    ]
    const { code, output } = await runPrisma(CHECKOUT, argv, postgres.templateUrl)
    if (code !== 0) throw new Error(output)
    return output.slice(output.indexOf('-- '))
  } finally {
    await postgres.stop()
  }
}

await main(process.argv[2])
