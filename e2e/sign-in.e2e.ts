import { paths } from '../lib/paths.ts'
import { expect, test } from './fixtures.ts'

const NOBODY = { cookies: [], origins: [] }
const SOME_ID = '0192f0c0-0000-7000-8000-000000000001'

test.describe('a stranger', () => {
  test.use({ storageState: NOBODY })

  test('is told that the password is wrong, and gets in with the right one', async ({
    page,
    admin,
    tolerate,
  }) => {
    tolerate(/401/)
    await page.goto(paths.signIn())
    await page.getByLabel('E-mail address').fill(admin.email)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'password is wrong' })).toBeVisible()
    await expect(page.getByLabel('E-mail address')).toHaveValue(admin.email)

    await page.getByLabel('Password').fill(admin.password)
    await page.getByLabel('Password').press('Enter')
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  })

  test('gets the same answer for an address that nobody has', async ({ page, tolerate }) => {
    tolerate(/401/)
    await page.goto(paths.signIn())
    await page.getByLabel('E-mail address').fill('nobody@example.org')
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'password is wrong' })).toBeVisible()
  })

  const PAGES = [
    paths.home(),
    paths.setup(),
    paths.ves(),
    paths.veNew(),
    paths.ve(SOME_ID),
    paths.hosts(),
    paths.hostNew(),
    paths.host(SOME_ID),
    paths.templates(),
    paths.templateNew(),
    paths.template(SOME_ID),
    paths.operations(),
    paths.operation(SOME_ID),
    paths.addresses(),
  ]
  test('is sent from every page to the sign-in page', async ({ page }) => {
    for (const path of PAGES) {
      await page.goto(path)
      await expect(page, path).toHaveURL(paths.signIn())
    }
    await expect(page.getByRole('heading', { name: 'Sign in to Corral' })).toBeVisible()
  })

  test('gets nothing out of what pages fetch', async ({ request }) => {
    for (const path of ['/api/events', '/operations/running', `/operations/${SOME_ID}/live?after=0`]) {
      const answer = await request.get(path, { maxRedirects: 0 })
      expect(answer.status(), path).toBe(401)
      expect(answer.headers()['content-type'], path).toContain('application/problem+json')
    }
  })

  test('gets 401 from every part of the API', async ({ request, api }) => {
    const { body: document } = await api.get('/openapi.json')
    for (const [path, methods] of Object.entries<Record<string, unknown>>(document.paths)) {
      for (const method of Object.keys(methods)) {
        if (path === '/openapi.json') continue
        const url = `/api/v1${path.replace('{id}', SOME_ID)}`
        const answer = await request.fetch(url, { method, ...(method === 'post' ? { data: {} } : {}) })
        expect(answer.status(), `${method} ${path}`).toBe(401)
        expect(answer.headers()['content-type']).toContain('application/problem+json')
        expect(await answer.json()).toMatchObject({ code: 'unauthenticated', status: 401 })
      }
    }
  })
})

test.describe('signing out', () => {
  test.use({ storageState: NOBODY })

  // A session of its own: the one that the other tests share must outlive this.
  test('ends the session, in this browser and on the server', async ({
    page,
    admin,
    context,
    request,
    tolerate,
  }) => {
    tolerate(/401.*operations\/running/) // the list of running operations may be asked for just then
    await page.goto(paths.signIn())
    await page.getByLabel('E-mail address').fill(admin.email)
    await page.getByLabel('Password').fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')

    await page.getByRole('button', { name: 'Account: Administrator' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(paths.signIn())
    await page.goto(paths.ves())
    await expect(page).toHaveURL(paths.signIn())
    const replayed = await request.get('/operations/running', { headers: { cookie }, maxRedirects: 0 })
    expect(replayed.status()).toBe(401)
  })
})
