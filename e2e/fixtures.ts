import { existsSync } from 'node:fs'
import path from 'node:path'
import { test as base, expect, type Page, request } from '@playwright/test'
import type { AdminFile } from '../lib/cli/admin-file.ts'
import { Api } from './api.ts'
import { dataDirectory, readAdmin } from './panel.ts'

export { expect } from '@playwright/test'

type Worker = { admin: AdminFile; api: Api; session: string }
type Each = {
  /** What the browser may complain about in this test without failing it, such as the 404 that is being tested. */
  tolerate: (text: RegExp) => void
}

/**
 * Pages are signed in as the first admin. A test fails when a page logs an error or throws one that the test did
 * not say it expects.
 */
export const test = base.extend<Each, Worker>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  admin: [async ({}, use) => use(readAdmin()), { scope: 'worker' }],
  api: [async ({ admin }, use) => use(new Api(admin.url, admin.apiToken)), { scope: 'worker' }],
  session: [async ({ admin }, use) => use(await sessionOf(admin)), { scope: 'worker' }],
  storageState: async ({ session }, use) => use(session),
  tolerate: [
    async ({ context }, use) => {
      const complaints: string[] = []
      const tolerated: RegExp[] = []
      context.on('page', (page) => listen(page, complaints))
      await use((text) => void tolerated.push(text))
      const left = complaints.filter((text) => !tolerated.some((pattern) => pattern.test(text)))
      expect(left, 'what the pages complained about').toEqual([])
    },
    { auto: true },
  ],
})

function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught ${error.message}`))
}

/** Signing in is rationed per minute: one session serves all tests of a run, kept beside the panel's own secrets. */
async function sessionOf({ url, email, password }: AdminFile): Promise<string> {
  const file = path.join(dataDirectory(), 'e2e-session.json')
  if (existsSync(file)) return file
  const context = await request.newContext({ baseURL: url, extraHTTPHeaders: { origin: url } })
  const answer = await context.post('/api/auth/sign-in/email', { data: { email, password } })
  if (!answer.ok()) throw new Error(`Signing in answered ${answer.status()}: ${await answer.text()}`)
  await context.storageState({ path: file })
  await context.dispose()
  return file
}

let made = 0
/** A name that nothing else in this run has. Ends in the marker, so that a sentinel such as "fail-start" still leads. */
export const unique = (prefix: string) => `${prefix}-${Date.now().toString(36)}${(made++).toString(36)}`
