import path from 'node:path'
import { defineConfig } from 'prisma/config'

// The CLI would fetch a native engine from Prisma's server; ours comes with the npm packages.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'lib/db/schema-engine.mjs')

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  // `generate` and `validate` work without a database.
  datasource: { url: process.env.DATABASE_URL ?? '' },
})
