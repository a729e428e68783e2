import { expect, type Page } from '@playwright/test'
import axe from 'axe-core'

/** What axe-core finds wrong by the rules of WCAG 2.2 A and AA and its own best practices, one line a kind. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // By the debugger, not by a script element: the panel's own policy lets none in.
  await page.evaluate(axe.source)
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    return (await axe.run()).violations
  })
  const lines = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`,
  )
  // Soft: one run tells of every page.
  expect.soft(lines, what).toEqual([])
}
