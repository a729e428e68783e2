import type { Page } from '@playwright/test'
import { paths, veMoveTo } from '../lib/paths.ts'
import { expectAccessible } from './accessibility.ts'
import type { Api } from './api.ts'
import { expect, test, unique } from './fixtures.ts'
import { markDocument, state } from './screen.ts'

/** A VE on one simulated host, and another that it can go to. */
async function prepare(api: Api, name: string, start = true) {
  const ve = await api.addVe({ name: unique(name), start })
  const hosts = (await api.hosts()).filter(({ name: of }) => !of.startsWith('no-checkpoint'))
  const templates = await api.templates()
  const has = templates.find(({ name: of }) => of === 'debian-13')?.caches.map(({ host }) => host.id) ?? []
  const to = hosts.find(({ id, status }) => id !== ve.host.id && status === 'online' && has.includes(id))
  if (!to) throw new Error('There is no other host.')
  return { ve, to }
}

const choose = (page: Page, host: string) => page.getByRole('button', { name: `Choose ${host}` }).click()
const ways = (page: Page) => page.getByRole('list', { name: 'Ways to move it' })
const submit = (page: Page, host: string) => page.getByRole('button', { name: `Move to ${host}` })

test('a running VE is moved live from its menu: asked, seen step by step, and told what it took', async ({
  page,
  api,
}) => {
  const { ve, to } = await prepare(api, 'slow-move')
  await page.goto(paths.ve(ve.id))
  await page.getByRole('button', { name: `More actions on ${ve.name}` }).click()
  await page.getByRole('menuitem', { name: 'Move…' }).click()
  await expect(page.getByRole('heading', { name: 'Where to' })).toBeVisible()
  await expectAccessible(page, 'choosing a host')
  const document = await markDocument(page)

  await choose(page, to.name)
  await expect(ways(page)).toContainText('Live: possible')
  await expect(ways(page)).not.toContainText('Cold')
  await expect(page.getByRole('radio', { name: /Live/ })).toBeChecked()
  await expectAccessible(page, 'what stands in the way')
  await submit(page, to.name).click()
  const steps = page.getByRole('list', { name: 'Steps' })
  await expect(steps.getByRole('listitem')).toHaveCount(10)
  await expect(state(page)).toHaveText('Moving')
  await expectAccessible(page, 'while it moves')
  await expect(page.getByRole('heading', { name: 'The last move' })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('Stood still for')).toBeVisible()
  await expect(page.getByText('Predicted')).toBeVisible()
  await expect(state(page)).toHaveText('Running')
  await expect(page.getByText(`It is on ${to.name}`)).toBeVisible()
  await expectAccessible(page, 'what it took')
  await document.expectSame()
})

test('where live is impossible a restart is offered, and not chosen', async ({ page, api }) => {
  const { ve } = await prepare(api, 'restart')
  const host = await api.addHost({
    name: unique('no-checkpoint'),
    address: 'simulated',
    simulated: true,
  } as never)
  const template = await api.firstTemplate()
  const { body } = await api.post(`/templates/${template}/builds`, { hostId: host.id })
  await api.succeeded(body.operation.id)
  await page.goto(paths.veMove(ve.id))
  await choose(page, host.name)
  await expect(ways(page)).toContainText('Live: not possible')
  await expect(ways(page)).toContainText('Move it by a restart.')
  await expect(page.getByText('It cannot move live')).toBeVisible()
  await expect(page.getByRole('radio', { name: /Live/ })).toBeDisabled()
  await expect(page.getByRole('radio', { name: /With a restart/ })).not.toBeChecked()
  await submit(page, host.name).click()
  await expect(page.getByText('Choose how it is to move.')).toBeVisible()
  await page.getByRole('radio', { name: /With a restart/ }).check()
  await submit(page, host.name).click()
  await expect(page.getByRole('heading', { name: 'The last move' })).toBeVisible({ timeout: 20_000 })
  expect(await api.ve(ve.id)).toMatchObject({ state: 'running', host: { id: host.id } })
})

test('a move that fails says so on its page, and the VE runs where it was', async ({ page, api }) => {
  const { ve, to } = await prepare(api, 'fail-move-freeze')
  await page.goto(paths.veMove(ve.id))
  await choose(page, to.name)
  await submit(page, to.name).click()
  await expect(page.getByText('What had been begun has been undone.', { exact: false })).toBeVisible({
    timeout: 20_000,
  })
  await expect(state(page)).toHaveText('Running')
  expect(await api.ve(ve.id)).toMatchObject({ state: 'running', host: { id: ve.host.id } })
})

test('a stopped VE is offered a cold move alone', async ({ page, api }) => {
  const { ve, to } = await prepare(api, 'cold', false)
  const { body } = await api.post(`/ves/${ve.id}/move/check`, { hostId: to.id })
  await api.succeeded(body.operation.id)
  await page.goto(veMoveTo(ve.id, to.id))
  await expect(ways(page).getByText('Cold: possible')).toBeVisible()
  await expect(ways(page)).not.toContainText('Live')
  await expect(page.getByRole('radio')).toHaveCount(1)
})

test('a disk that a move kept is listed, keeps the VE from coming back, and is removed alone', async ({
  page,
  api,
}) => {
  const { ve, to } = await prepare(api, 'keeper', false)
  const from = ve.host.name
  const asked = await api.post(`/ves/${ve.id}/move`, { hostId: to.id, kind: 'cold', keep: true })
  await api.ended(asked.body.operation.id)
  await page.goto(paths.veMove(ve.id))
  await expect(page.getByRole('heading', { name: 'Kept on hosts that it left' })).toBeVisible()
  await expect(page.getByText(`${from} keeps the disk that the VE had there`)).toBeVisible()
  await expectAccessible(page, 'a kept disk')
  await page.getByRole('button', { name: 'Remove it…' }).click()
  const dialog = page.getByRole('dialog', { name: `Remove the disk that ${from} keeps?` })
  await dialog.getByRole('button', { name: 'Remove it' }).click()
  await expect(page.getByRole('heading', { name: 'Kept on hosts that it left' })).toBeHidden({
    timeout: 20_000,
  })
})
