import { db } from '../db/client.ts'
import { log } from './log.ts'

/** 200 `{ status: 'ok' }` when the database answers, else 503 `{ status: 'no-database' }`. Tells nothing more to whoever asks. */
export async function checkHealth(): Promise<Response> {
  const headers = { 'cache-control': 'no-store' }
  try {
    await db().$queryRaw`SELECT 1`
    return Response.json({ status: 'ok' }, { headers })
  } catch (error) {
    log.error({ err: error }, 'health: the database does not answer')
    return Response.json({ status: 'no-database' }, { status: 503, headers })
  }
}
