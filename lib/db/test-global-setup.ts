import { startTestPostgres } from './test-postgres.ts'

/** Vitest's global setup: one PostgreSQL for the run. Test files ask createTestDatabase() for their own database. */
export default async function setup() {
  const server = await startTestPostgres()
  process.env.CORRAL_TEST_TEMPLATE_URL = server.templateUrl
  return server.stop
}
