/** Reads { email, password, apiToken? } from stdin, makes the first admin in DATABASE_URL, prints what came of it as JSON. */
import { text } from 'node:stream/consumers'
import { ensureFirstAdmin } from '../auth/first-admin.ts'

const input = JSON.parse(await text(process.stdin)) as { email: string; password: string; apiToken?: string }
const result = await ensureFirstAdmin(input)
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
