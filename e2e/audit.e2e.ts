import { paths } from '../lib/paths.ts'
import { expect, test, unique } from './fixtures.ts'

test('who did what to what is on record, and can be told apart by kind', async ({ page, api }) => {
  const ve = await api.addVe({ name: unique('watched'), start: true })
  const suspended = await api.must<{ operation: { id: string } }>(
    api.post(`/ves/${ve.id}/suspend`, { reason: 'payment', note: 'Invoice 17' }),
  )
  await api.succeeded(suspended.operation.id)
  const path = `/ves/${ve.id}/firewall`
  await api.must(api.send('PUT', path, { enabled: true, policyIn: 'drop', policyOut: 'accept', entries: [] }))

  await page.goto(paths.home())
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click()
  const of = (what: string) =>
    page.getByRole('row').filter({ hasText: ve.name }).filter({ hasText: what }).first()
  await expect(of('Suspended')).toContainText('Invoice 17')
  await expect(of('Suspended')).toContainText('Payment')
  await expect(of('Suspended')).toContainText(/Admin/)
  await expect(of('Changed the firewall')).toBeVisible()

  await page.getByRole('combobox', { name: 'What' }).selectOption({ label: 'Suspended' })
  await expect(page).toHaveURL(/action=ve-suspend/)
  await expect(of('Changed the firewall')).toHaveCount(0)
  await of('Suspended').getByRole('link', { name: ve.name }).click()
  await expect(page.getByRole('heading', { name: ve.name, level: 1 })).toBeVisible()

  // Signing in is on record too, with where it came from.
  await page.goto(`${paths.audit()}?action=sign-in`)
  await expect(page.getByRole('row').filter({ hasText: 'from 127.0.0.1' }).first()).toBeVisible()
})
