/** What the browser told us about its owner by cookie: colour scheme and time zone. Both are only ever shown. */
import { cookies } from 'next/headers'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export async function viewerTheme(): Promise<Theme> {
  const value = (await cookies()).get('corral-theme')?.value
  return THEMES.find((theme) => theme === value) ?? 'system'
}

/** IANA zone; UTC until the browser has said. */
export async function viewerTimeZone(): Promise<string> {
  const value = (await cookies()).get('corral-time-zone')?.value
  return value && /^[A-Za-z0-9_+/-]{1,64}$/.test(value) ? value : 'UTC'
}
