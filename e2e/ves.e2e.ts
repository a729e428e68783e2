import { GIB } from '../lib/contract/units.ts'
import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'
import {
  expectAwake,
  expectFieldProblem,
  expectProblem,
  field,
  markDocument,
  more,
  openMore,
  row,
  state,
} from './screen.ts'

test.describe('a VE', () => {
  test('is stopped, started, killed and destroyed, each seen without a reload', async ({ page, api }) => {
    const ve = await api.addVe({ name: unique('life'), start: true })
    await page.goto(paths.ve(ve.id))
    const document = await markDocument(page)
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await expect(state(page)).toHaveText('Running')
    await openMore(page, ve.name)
    const destroy = page.getByRole('menuitem', { name: /^Destroy/ })
    await expect(destroy).toHaveAttribute('aria-disabled', 'true')
    await expect(destroy).toContainText(/has to be stopped/)
    await page.keyboard.press('Escape')

    await press('Stop')
    await expect(state(page)).toHaveText('Stopped')
    await press('Start')
    await expect(state(page)).toHaveText('Running')
    await press('Restart')
    await expect(state(page)).toHaveText('Starting')
    await expect(state(page)).toHaveText('Running')
    await more(page, ve.name, 'Force stop')
    await expect(state(page)).toHaveText('Stopped')

    await more(page, ve.name, 'Destroy…')
    const dialog = page.getByRole('dialog', { name: `Destroy ${ve.name}?` })
    await expect(dialog).toContainText(ve.addresses[0] ?? 'an address')
    const confirmation = field(dialog, `Type ${ve.name} to confirm`)
    await expect(confirmation).toBeFocused()
    await confirmation.fill('yes')
    await dialog.getByRole('button', { name: 'Destroy it' }).click()
    await expectFieldProblem(confirmation, /This is not its name/)
    await confirmation.fill(ve.name)
    await dialog.getByRole('button', { name: 'Destroy it' }).click()
    await expect(state(page)).toHaveText('Destroyed')
    await expect(page.getByRole('button', { name: 'Start', exact: true })).toHaveCount(0)
    await document.expectSame()
    expect((await api.get(`/ves?q=${ve.name}`)).body.items).toEqual([])
  })

  test('that cannot be created says what happened, what is left and what next', async ({ page, api }) => {
    const ve = await api.addVe({ name: unique('fail-create') })
    await page.goto(paths.ve(ve.id))
    await expect(state(page)).toHaveText('Failed')
    await expectProblem(page, /could not be made \(simulated\)/, /Read the log of the operation/)
    await page
      .getByRole('main')
      .getByRole('link', { name: `Create ${ve.name}` })
      .click()
    await expect(state(page)).toHaveText('Failed')
    await expectProblem(page, /could not be made/, /What had been begun has been undone/)
    const steps = page.getByRole('list', { name: 'Steps' })
    await expect(steps.getByRole('listitem').first()).toContainText(/Failed|Undone/)
  })

  test('that does not start stays, stopped or failed, with the reason', async ({ page, api }) => {
    const ve = await api.addVe({ name: unique('fail-start') })
    await page.goto(paths.ve(ve.id))
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await expectProblem(page, /The VE did not start/, /the VE stays stopped/)
    await expect(state(page)).toHaveText('Stopped')
  })

  test('whose init dies is shown as stopped without a reload', async ({ page, api }) => {
    const ve = await api.addVe({ name: unique('dies'), start: true })
    await page.goto(paths.ve(ve.id))
    await expect(state(page)).toHaveText('Running')
    await expect(state(page)).toHaveText('Stopped', { timeout: 25_000 })
  })

  test('is hibernated and resumed; to stop it instead asks, and says what is lost', async ({ page, api }) => {
    const ve = await api.addVe({ name: unique('sleep'), start: true })
    await page.goto(paths.ve(ve.id))
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await press('Hibernate')
    await expect(state(page)).toHaveText('Hibernated')
    await expect(page.getByRole('status').filter({ hasText: 'It is hibernated' })).toContainText(
      /MiB of memory/,
    )
    await expect(page.getByRole('button', { name: 'Restart', exact: true })).toHaveAccessibleDescription(
      /Resume it first; or stop it, which throws its memory away/,
    )
    expect(await api.post(`/ves/${ve.id}/start`)).toMatchObject({
      status: 409,
      body: { code: 've-state-forbids', detail: expect.stringContaining('Resume it first') },
    })
    expect(await api.post(`/ves/${ve.id}/stop`)).toMatchObject({
      status: 409,
      body: { fields: { discardMemory: expect.any(String) } },
    })
    await press('Resume')
    await expect(state(page)).toHaveText('Running')
    await press('Hibernate')
    await expect(state(page)).toHaveText('Hibernated')
    await press('Stop…')
    const dialog = page.getByRole('dialog', { name: `Stop ${ve.name} and lose its memory?` })
    await expect(dialog).toContainText(/thrown away, for good/)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect(state(page)).toHaveText('Hibernated')
    await press('Stop…')
    await dialog.getByRole('button', { name: 'Throw its memory away' }).click()
    await expect(state(page)).toHaveText('Stopped')
  })

  test('whose memory cannot be written runs on; one that cannot be brought back stays hibernated', async ({
    page,
    api,
  }) => {
    const bad = await api.addVe({ name: unique('fail-hibernate'), start: true })
    await page.goto(paths.ve(bad.id))
    await expectAwake(page)
    await page.getByRole('button', { name: 'Hibernate', exact: true }).click()
    await expectProblem(page, /could not be written \(simulated\)/, /The VE runs on as before/)
    await expect(state(page)).toHaveText('Running')
    const worse = await api.addVe({ name: unique('fail-resume'), start: true })
    await page.goto(paths.ve(worse.id))
    await expectAwake(page)
    await page.getByRole('button', { name: 'Hibernate', exact: true }).click()
    await page.getByRole('button', { name: 'Resume', exact: true }).click()
    await expectProblem(page, /could not be brought back \(simulated\)/, /It is hibernated as before/)
    await expect(state(page)).toHaveText('Hibernated')
  })

  test('that nobody has is a page that says so', async ({ page, tolerate }) => {
    tolerate(/404/)
    await page.goto(paths.ve('0192f0c0-0000-7000-8000-000000000001'))
    await expect(page.getByRole('heading', { name: 'There is no such thing here' })).toBeVisible()
    await page.goto(paths.ve('not-an-id'))
    await expect(page.getByRole('heading', { name: 'There is no such thing here' })).toBeVisible()
  })
})

test.describe('the list', () => {
  test('filters, sorts and pages in its address, which a reload and Back keep', async ({ page, api }) => {
    const mark = unique('list')
    const made = await Promise.all(
      ['a', 'b', 'c'].map(async (letter, index) =>
        api.addVe({ name: `${mark}-${letter}`, limits: { memoryBytes: (index + 1) * GIB } }),
      ),
    )
    const shown = () => page.getByRole('link', { name: new RegExp(`^${mark}-`) }).allTextContents()
    await page.goto(paths.ves())
    await page.getByRole('searchbox', { name: 'Search VEs' }).fill(mark)
    await expect(page).toHaveURL(new RegExp(`q=${mark}`))
    await expect.poll(shown).toEqual([`${mark}-a`, `${mark}-b`, `${mark}-c`])

    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('link').click()
    await expect(page).toHaveURL(/sort=memoryBytes/)
    await page.getByRole('columnheader', { name: 'Memory' }).getByRole('link').click()
    await expect(page).toHaveURL(/sort=-memoryBytes/)
    await expect.poll(shown).toEqual([`${mark}-c`, `${mark}-b`, `${mark}-a`])

    await page.goto(`${page.url()}&limit=2`)
    await expect.poll(shown).toEqual([`${mark}-c`, `${mark}-b`])
    await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('1–2 of 3')
    await page.getByRole('link', { name: 'Next page' }).click()
    await expect.poll(shown).toEqual([`${mark}-a`])
    await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText('3–3 of 3')
    await page.reload()
    await expect.poll(shown).toEqual([`${mark}-a`])
    await page.goBack()
    await expect.poll(shown).toEqual([`${mark}-c`, `${mark}-b`])

    await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Running' })
    await expect(page).toHaveURL(/state=running/)
    await expect(page.getByText('Nothing matches')).toBeVisible()
    expect(made.map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  })

  test('starts a VE from its row, and the row follows', async ({ page, api }) => {
    const ve = await api.addVe({ name: unique('row') })
    await page.goto(`${paths.ves()}?q=${ve.name}`)
    await expect(row(page, ve.name)).toContainText('Stopped')
    await page.getByRole('button', { name: `Actions on ${ve.name}` }).click()
    await expect(page.getByRole('menuitem', { name: /^Stop/ })).toHaveAttribute('aria-disabled', 'true')
    await page.getByRole('menuitem', { name: 'Start', exact: true }).click()
    await expect(row(page, ve.name)).toContainText('Running')
  })
})
