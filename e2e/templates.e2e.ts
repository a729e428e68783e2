import { paths } from '../lib/paths.ts'
import { PLAIN_DEBIAN } from './api.ts'
import { makeForeignTemplate } from './database.ts'
import { expect, test, unique } from './fixtures.ts'
import { expectEnd, expectFieldProblem, expectProblem, field, form, row, state } from './screen.ts'

test('a template is made, its build is watched, and it is ready without a reload', async ({ page }) => {
  const name = unique('debian')
  await page.goto(paths.templateNew())
  const make = form(page, 'New template')
  await field(make, 'Name').fill(name)
  await field(make, 'Extra packages').fill('nginx curl')
  await make.getByRole('checkbox', { name: 'sim1' }).check()
  await make.getByRole('button', { name: 'Make and build' }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Definition' })).toContainText('nginx, curl')
  await expect(state(page)).toHaveText('Ready')
  await expect(page.getByRole('region', { name: 'Built on' })).toContainText('sim1')

  await page
    .getByRole('main')
    .getByRole('link', { name: `Build ${name} on sim1` })
    .click()
  await expectEnd(page, 'Succeeded')
  await expect(page.getByRole('log', { name: 'Log' })).toContainText('Setting up nginx (simulated)')
  await page.goto(paths.templates())
  await expect(row(page, name)).toContainText('Ready')
})

test('the form names what is wrong, and keeps what was typed', async ({ page }) => {
  await page.goto(paths.templateNew())
  const make = form(page, 'New template')
  await field(make, 'Name').fill('debian-13')
  await make.getByRole('checkbox', { name: 'sim1' }).check()
  await field(make, 'Extra packages').fill('curl --force')
  await make.getByRole('button', { name: 'Make and build' }).click()
  await expectFieldProblem(field(make, 'Extra packages'), /Entry 2: A Debian package name/)
  await expect(field(make, 'Extra packages')).toHaveValue('curl --force')
  await field(make, 'Extra packages').fill('curl')
  await make.getByRole('button', { name: 'Make and build' }).click()
  await expectFieldProblem(field(make, 'Name'), /Another template has this name/)
})

test('no host is offered that cannot run the architecture, and the reason stands beside it', async ({
  page,
  api,
}) => {
  await page.goto(paths.templateNew())
  const make = form(page, 'New template')
  await make.getByRole('combobox', { name: 'Architecture' }).selectOption({ label: 'Itanium' })
  await expect(make.getByRole('checkbox', { name: /sim1/ })).toBeDisabled()
  await expect(make.getByText('Not now: is x86-64.').first()).toBeVisible()

  const host = (await api.hosts()).find(({ name }) => name === 'sim1')
  const definition = { ...PLAIN_DEBIAN, arch: 'ia64' }
  const refused = await api.post('/templates', { name: unique('ia64'), definition, hostIds: [host?.id] })
  expect(refused).toMatchObject({ status: 409, body: { code: 'architecture-mismatch' } })
})

test('a VE cannot be made from a template of another architecture', async ({ page }) => {
  const template = unique('itanium')
  await makeForeignTemplate(template)
  await page.goto(paths.veNew())
  const create = form(page, 'Create VE')
  await field(create, 'Name').fill(unique('foreign'))
  await field(create, 'Host name').fill('ve.example.org')
  await create.getByRole('combobox', { name: 'Template' }).selectOption({ label: `${template} · Itanium` })
  await create
    .getByRole('combobox', { name: 'Host', exact: true })
    .selectOption({ label: 'sim1 (simulated)' })
  await create.getByRole('button', { name: 'Create VE' }).click()
  await expectProblem(
    create,
    /template is for another architecture.*sim1 is x86-64; the template is for Itanium/,
    /Choose a host or a template of the same architecture/,
  )
})

test('a build that fails says why; the template is built again from its page', async ({ page, api }) => {
  const name = unique('broken')
  const host = (await api.hosts()).find(({ name }) => name === 'sim1')
  const definition = { ...PLAIN_DEBIAN, packages: ['fail-build'] }
  const { body } = await api.post('/templates', { name, definition, hostIds: [host?.id] })
  await page.goto(paths.template(body.template.id))
  await expect(state(page)).toHaveText('Failed')
  await expectProblem(page, /The template could not be built/, /The log shows what the build printed/)
  await page.getByRole('button', { name: 'Build on a host…' }).click()
  const dialog = page.getByRole('dialog', { name: `Build ${name} on a host` })
  await dialog.getByRole('combobox', { name: 'Host' }).selectOption({ label: 'sim2 (simulated)' })
  await dialog.getByRole('button', { name: 'Build' }).click()
  await expect(page.getByRole('heading', { name: `Build ${name} on sim2` })).toBeVisible()
  await expectEnd(page, 'Failed')
})

test('a template that no VE uses is removed once its name is typed; one in use is not', async ({
  page,
  api,
}) => {
  const host = (await api.hosts()).find(({ name }) => name === 'sim1')
  const definition = PLAIN_DEBIAN
  const used = await api.addTemplate({ name: unique('used'), definition, hostIds: [host?.id ?? ''] })
  await api.addVe({ name: unique('user'), templateId: used.id })
  await page.goto(paths.template(used.id))
  await expect(page.getByRole('button', { name: 'Remove…' })).toHaveAccessibleDescription(
    '1 VE was made from it.',
  )

  const unused = await api.addTemplate({ name: unique('unused'), definition, hostIds: [host?.id ?? ''] })
  await page.goto(paths.template(unused.id))
  await page.getByRole('button', { name: 'Remove…' }).click()
  const dialog = page.getByRole('dialog', { name: `Remove ${unused.name}?` })
  await field(dialog, `Type ${unused.name} to confirm`).fill(unused.name)
  await dialog.getByRole('button', { name: 'Remove it' }).click()
  await expect(page).toHaveURL(paths.templates())
  await expect(row(page, unused.name)).toHaveCount(0)
})
