import { expect, type Locator, type Page } from '@playwright/test'

/** What these tests say of the screen: by roles and labels only, as someone who cannot see it would find things. */

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
/** What stands beside the thing's name at the top of its page. */
export const besideHeading = (page: Page) => heading(page).locator('xpath=..')
/** The state it is in. */
export const state = (page: Page) => besideHeading(page).getByRole('status')

const ENDED = /^(Succeeded|Failed|Cancelled|Stuck)$/

/** Waits for an operation's page to say that it ended, and wants it to have ended so. */
export async function expectEnd(
  page: Page,
  status: 'Succeeded' | 'Failed' | 'Cancelled' | 'Stuck',
  timeout = 15_000,
): Promise<void> {
  await expect(state(page)).toHaveText(ENDED, { timeout })
  await expect(state(page)).toHaveText(status)
}

export const form = (page: Page, name: string) => page.getByRole('form', { name })

/** A field by the beginning of its label: what follows may say that it is optional. */
export const field = (within: Page | Locator, label: string) =>
  within.getByRole('textbox', { name: new RegExp(`^${label}( \\(optional\\))?$`) })

/** The sentence belongs to the field: assistive technology reads it with it, and the field is marked. */
export async function expectFieldProblem(control: Locator, sentence: RegExp): Promise<void> {
  await expect(control).toHaveAccessibleDescription(sentence)
  await expect(control).toHaveAttribute('aria-invalid', 'true')
}

/** A problem card: what happened and what to do next. */
export async function expectProblem(within: Page | Locator, happened: RegExp, next: RegExp): Promise<void> {
  const card = within.getByRole('alert').or(within.getByRole('status')).filter({ hasText: happened })
  await expect(card).toBeVisible()
  await expect(card).toContainText(next)
}

export const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) })

/** The page's script has taken over: from here on it hears keys. */
export const expectAwake = (page: Page) => expect(page.getByText('Live', { exact: true })).toBeVisible()

/** Marks this document: a reload, or another one in its place, would lose the mark. */
export async function markDocument(page: Page): Promise<{ expectSame: () => Promise<void> }> {
  await page.evaluate(() => Reflect.set(window, 'corralMark', true))
  return {
    expectSame: async () =>
      expect(await page.evaluate(() => Reflect.get(window, 'corralMark')), 'no reload since').toBe(true),
  }
}

/** The menu of what is asked for less often, on a VE's page. */
export async function openMore(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `More actions on ${name}` }).click()
  await expect(page.getByRole('menu')).toBeVisible()
}

export async function more(page: Page, name: string, entry: string): Promise<void> {
  await openMore(page, name)
  await page.getByRole('menuitem', { name: entry }).click()
}
