/** Sign-in by e-mail and password: better-auth on our own tables (its "account" is our Identity). */
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { nextCookies } from 'better-auth/next-js'
import { recordSignIn } from '../audit/sign-in.ts'
import { db } from '../db/client.ts'
import { panelUrl, trustedOrigins } from './origin.ts'
import { panelSecret } from './panel-secret.ts'

export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 256

const HOUR = 3600
const DAY = 24 * HOUR

function create() {
  const url = panelUrl()
  return betterAuth({
    appName: 'Corral',
    baseURL: url,
    basePath: '/api/auth',
    secret: panelSecret(),
    database: prismaAdapter(db(), { provider: 'postgresql' }),
    trustedOrigins: (request) => trustedOrigins(request),
    account: { modelName: 'identity', accountLinking: { enabled: false } },
    emailAndPassword: {
      enabled: true,
      // People are invited by an administrator; nobody makes an account by themselves.
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
    },
    databaseHooks: { session: { create: { after: recordSignIn } } },
    session: { expiresIn: 7 * DAY, updateAge: DAY },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 120,
      // scrypt costs the server more than the client: few tries, whoever asks.
      customRules: { '/sign-in/email': { window: 60, max: 10 } },
    },
    advanced: {
      cookiePrefix: 'corral',
      // Its own default drops the check under NODE_ENV=test: then the tests would not test it.
      disableOriginCheck: false,
      useSecureCookies: url?.startsWith('https:') ?? false,
    },
    telemetry: { enabled: false },
    plugins: [nextCookies()],
  })
}

let instance: ReturnType<typeof create> | undefined

/** Made at first use, so that a build needs neither a secret nor a database. */
export function auth(): ReturnType<typeof create> {
  instance ??= create()
  return instance
}
