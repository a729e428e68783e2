import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import { LiveStatus } from '../_components/live/live-status.tsx'
import { readRunningOperations } from '../_components/operations/read-running-operations.ts'
import { RunningOperationsTray } from '../_components/operations/running-operations.tsx'
import { SetupBanner } from '../_components/setup/setup-banner.tsx'
import { AccountMenu } from '../_components/shell/account-menu.tsx'
import { Keyboard } from '../_components/shell/keyboard.tsx'
import { Nav } from '../_components/shell/nav.tsx'
import { TimeZoneCookie } from '../_components/shell/time-zone-cookie.tsx'
import { viewerTheme } from '../_components/shell/viewer-settings.ts'
import { Logo } from '../_ui/logo.tsx'
import { Toaster } from '../_ui/toaster.tsx'

export default async function PanelLayout({ children }: { children: ReactNode }) {
  const viewer = await requireViewer()
  const [running, theme] = await Promise.all([readRunningOperations(viewer), viewerTheme()])
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="layer-skip-link absolute top-2 left-2 -translate-y-16 rounded bg-accent px-3 py-2 text-content-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <header className="border-line bg-surface-sunken max-md:border-b md:sticky md:top-0 md:flex md:h-dvh md:flex-col md:gap-4 md:overflow-y-auto md:border-r md:p-3">
        <div className="flex items-center justify-between gap-3 max-md:px-4 max-md:pt-2 md:px-2.5 md:pt-1">
          <p className="flex items-center gap-2 font-semibold text-lg">
            <Logo className="size-5 text-accent" />
            Corral
          </p>
          <div className="min-w-0 max-w-40 md:hidden">
            <AccountMenu name={viewer.name} email={viewer.email} theme={theme} />
          </div>
        </div>
        <div className="max-md:px-2 max-md:py-1.5">
          <Nav hidden={canAtProvider(viewer, 'address:read') ? [] : [paths.addresses()]} />
        </div>
        <div className="mt-auto grid gap-3 max-md:hidden">
          <RunningOperationsTray initial={running} />
          <div className="px-2.5">
            <LiveStatus />
          </div>
          <AccountMenu name={viewer.name} email={viewer.email} theme={theme} />
        </div>
      </header>
      <main id="content" tabIndex={-1} className="group/page min-w-0 px-4 py-5 outline-none md:px-7 md:py-6">
        <div className="mx-auto max-w-[84rem]">
          <SetupBanner />
          <NuqsAdapter>{children}</NuqsAdapter>
        </div>
      </main>
      <Keyboard />
      <TimeZoneCookie />
      <Toaster />
    </div>
  )
}
