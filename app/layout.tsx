import './globals.css'
import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import { viewerTheme } from './_components/shell/viewer-settings.ts'

export const metadata: Metadata = {
  title: { template: '%s · Corral', default: 'Corral' },
  description: 'A control panel for virtual environments over a fleet of hosts',
  robots: { index: false, follow: false },
}
export const viewport: Viewport = { colorScheme: 'light dark' }

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await viewerTheme()
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme} suppressHydrationWarning>
      <body>{children}</body>
    </html>
  )
}
