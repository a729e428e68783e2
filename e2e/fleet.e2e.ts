import { paths } from '../lib/paths.ts'
import { expectAccessible } from './accessibility.ts'
import { type Api, PLAIN_DEBIAN } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { field, form, markDocument, row, state } from './screen.ts'

/** Two hosts with a template of their own: what leaves the one can only go to the other. */
async function prepare(api: Api) {
  const from = await api.addHost({ name: unique('from'), simulated: true })
  const to = await api.addHost({ name: unique('to'), simulated: true })
  const hostIds = [from.id, to.id]
  const template = await api.addTemplate({ name: unique('fleet'), definition: PLAIN_DEBIAN, hostIds })
  const place = { templateId: template.id, hostId: from.id }
  const ve = (name: string, more: object = {}) =>
    api.addVe({ name: unique(name), start: true, ...place, ...more })
  return { from, to, place, ve }
}

test('a host is taken into maintenance and out of it; nothing is placed on it meanwhile', async ({
  page,
  api,
}) => {
  const { from, place, ve } = await prepare(api)
  const stays = await ve('stays')
  await page.goto(paths.host(from.id))
  const document = await markDocument(page)
  await page.getByRole('button', { name: 'Start maintenance' }).click()
  await expect(state(page)).toHaveText('Maintenance')
  await expect(page.getByText('Its VEs run on.', { exact: false }).first()).toBeVisible()
  await expectAccessible(page, 'in maintenance')
  const refused = await api.post('/ves', { name: unique('late'), hostname: 've.example.org', ...place })
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/is in maintenance/) } })
  expect(await api.ve(stays.id)).toMatchObject({ state: 'running', host: { status: 'maintenance' } })
  await page.getByRole('button', { name: 'End maintenance' }).click()
  await expect(state(page)).toHaveText('Online')
  await document.expectSame()
  await page.goto(`${paths.hosts()}?q=${from.name}`)
  await expect(row(page, from.name)).toContainText('Online')
})

test('VEs of one spread group are placed on different hosts, as long as there is another', async ({
  page,
  api,
}) => {
  const { from, to, place } = await prepare(api)
  const spreadGroup = unique('web')
  const made = async () => {
    const input = {
      name: unique('apart'),
      hostname: 've.example.org',
      templateId: place.templateId,
      spreadGroup,
    }
    const { ve } = await api.must<{ ve: { id: string; host: { id: string } } }>(api.post('/ves', input))
    return ve
  }
  const [first, second] = [await made(), await made()]
  expect([first.host.id, second.host.id].sort()).toEqual([from.id, to.id].sort())
  await page.goto(paths.veSettings(first.id))
  const about = form(page, 'About it')
  await expect(field(about, 'Spread group')).toHaveValue(spreadGroup)
  await field(about, 'Spread group').fill('')
  await about.getByRole('button', { name: 'Save' }).click()
  await expect.poll(async () => (await api.ve(first.id)).spreadGroup).toBeNull()
})

test('a host is evacuated: first a plan that says what goes where and what stays, then move by move', async ({
  page,
  api,
}) => {
  const { from, to, ve } = await prepare(api)
  const slow = await ve('slow-move')
  const stopped = await ve('stopped', { start: false })
  const kept = await ve('kept')
  const { body } = await api.post(`/ves/${kept.id}/hibernate`)
  await api.succeeded(body.operation.id)

  await page.goto(paths.host(from.id))
  await page.getByRole('button', { name: 'Evacuate…' }).click()
  await expect(page.getByRole('heading', { name: 'Evacuation', level: 1 })).toBeVisible()
  const document = await markDocument(page)
  await expectAccessible(page, 'before a plan')
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await expect(row(page, slow.name)).toContainText('Live')
  await expect(row(page, slow.name)).toContainText(to.name)
  await expect(row(page, stopped.name)).toContainText('Cold')
  await expect(page.getByRole('list', { name: 'What cannot leave' })).toContainText(kept.name)
  await expect(page.getByRole('list', { name: 'What cannot leave' })).toContainText('Resume it first')
  await expectAccessible(page, 'the plan')

  await page.getByRole('button', { name: 'Evacuate 2 VEs' }).click()
  await expect(page.getByRole('list', { name: 'Not moved yet' })).toContainText(slow.name)
  await expectAccessible(page, 'under way')
  await expect(page.getByRole('meter', { name: 'VEs moved' })).toHaveAttribute('aria-valuetext', '2 of 2', {
    timeout: 30_000,
  })
  await expect(page.getByText('Succeeded', { exact: true })).toBeVisible()
  await expect(state(page)).toHaveText('Maintenance')
  await document.expectSame()
  expect(await api.ve(slow.id)).toMatchObject({ state: 'running', host: { id: to.id } })
  expect(await api.ve(stopped.id)).toMatchObject({ state: 'stopped', host: { id: to.id } })
  expect(await api.ve(kept.id)).toMatchObject({ state: 'hibernated', host: { id: from.id } })
})

test('what fails stays and is named; the others go', async ({ page, api }) => {
  const { from, to, ve } = await prepare(api)
  const [bad, good] = [await ve('fail-move-freeze'), await ve('good')]
  await page.goto(paths.hostEvacuation(from.id))
  await page.getByRole('button', { name: 'Make a plan' }).click()
  await page.getByRole('button', { name: 'Evacuate 2 VEs' }).click()
  await expect(page.getByText('One of 2 did not move.', { exact: false })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('list', { name: 'Not moved yet' })).toContainText(bad.name)
  expect(await api.ve(good.id)).toMatchObject({ host: { id: to.id } })
  expect(await api.ve(bad.id)).toMatchObject({ state: 'running', host: { id: from.id } })
})

test('scripts evacuate a host through the API', async ({ api }) => {
  const { from, to, ve } = await prepare(api)
  const moved = await ve('moved')
  const planned = await api.must<{ operation: { id: string } }>(api.post(`/hosts/${from.id}/evacuation/plan`))
  await api.succeeded(planned.operation.id)
  const { body } = await api.get(`/hosts/${from.id}/evacuation`)
  expect(body.plan).toMatchObject({
    moves: [{ ve: { id: moved.id }, to: { id: to.id }, kind: 'live' }],
    stay: [],
  })
  const wrong = await api.post(`/hosts/${from.id}/evacuation`, { planId: planned.operation.id, perPair: 99 })
  expect(wrong).toMatchObject({ status: 422, body: { fields: { perPair: 'At most 8.' } } })
  const asked = await api.post(`/hosts/${from.id}/evacuation`, { planId: planned.operation.id })
  await api.succeeded(asked.body.operation.id)
  expect(await api.ve(moved.id)).toMatchObject({ state: 'running', host: { id: to.id } })
  const on = await api.send('PUT', `/hosts/${from.id}/maintenance`, { on: false })
  expect(on).toMatchObject({ status: 200, body: { status: 'online', maintenanceSince: null } })
})

test('the load of hosts is shown with what would even it out; an admin has it carried out', async ({
  page,
  api,
}) => {
  const { from, to, ve } = await prepare(api)
  // One of a group that shares its host is to be parted, however full hosts are.
  const spreadGroup = unique('pair')
  const [one, two] = [await ve('one', { spreadGroup }), await ve('two', { spreadGroup })]
  await page.goto(paths.hosts())
  await page.getByRole('link', { name: 'Balance' }).click()
  await expect(page.getByRole('heading', { name: 'Balance', level: 1 })).toBeVisible()
  await expect(page.getByRole('meter', { name: from.name })).toBeVisible()
  const proposed = row(page, one.name).or(row(page, two.name))
  await expect(proposed).toContainText(`It shares ${from.name} with its spread group.`)
  await expect(proposed).toContainText(to.name)
  await expectAccessible(page, 'a proposal')
  await page.getByRole('button', { name: /^Move \d+ VEs?$/ }).click()
  await expect(page.getByRole('meter', { name: 'VEs moved' })).toBeVisible()
  await expect
    .poll(
      async () =>
        (await Promise.all([one, two].map(({ id }) => api.ve(id)))).map(({ host }) => host.id).sort(),
      { timeout: 40_000 },
    )
    .toEqual([from.id, to.id].sort())
  await expectAccessible(page, 'under way')
})
