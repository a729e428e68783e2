import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { findViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { TimeZoneCookie } from '../../_components/shell/time-zone-cookie.tsx'
import { Logo } from '../../_ui/logo.tsx'
import { SignInForm } from './form.tsx'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage() {
  if (await findViewer()) redirect(paths.home())
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-6 px-4 py-10">
      <div className="w-full max-w-88">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo className="size-7 text-accent" />
          <h1 className="font-semibold text-xl">Sign in to Corral</h1>
        </div>
        <SignInForm />
        <p className="mt-6 text-content-muted text-sm">
          The first administrator’s password is in <code className="font-mono">.corral/admin.json</code> on
          the machine that runs Corral; <code className="font-mono">npm run up</code> says where.
        </p>
      </div>
      <TimeZoneCookie />
    </main>
  )
}
