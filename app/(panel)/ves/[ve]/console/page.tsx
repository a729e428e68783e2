import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { orNotFound } from '../../../../_components/or-not-found.ts'
import { TerminalPage } from '../../../../_components/terminal/terminal-page.tsx'
import { VeConsole } from '../../../../_components/terminal/ve-console.tsx'

export const metadata: Metadata = { title: 'Console' }

export default async function VeConsolePage({ params }: { params: Promise<{ ve: string }> }) {
  const viewer = await requireViewer()
  const ve = await orNotFound(getVe(viewer, (await params).ve))
  return (
    <TerminalPage viewer={viewer} ve={ve} tab="Console">
      <VeConsole key={ve.id} veId={ve.id} name={ve.name} ready={ve.state === 'running'} />
    </TerminalPage>
  )
}
