import type { Metadata } from 'next'
import Link from 'next/link'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { buttonClass } from '../../../_ui/button-class.ts'
import { Empty } from '../../../_ui/empty.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { veFormChoices } from './choices.ts'
import { VeForm } from './form.tsx'

export const metadata: Metadata = { title: 'Create VE' }

export default async function VeNewPage() {
  const viewer = await requireViewer()
  const choices = await veFormChoices(viewer)
  return (
    <>
      <Live topics={['template', 'host', 'addresses']} />
      <PageHeader trail={<Crumb href={paths.ves()}>VEs</Crumb>} title="Create VE" />
      {choices.templates.length === 0 ? (
        <Empty
          title="No template is ready yet"
          action={
            <Link href={paths.templates()} className={buttonClass()}>
              To the templates
            </Link>
          }
        >
          A VE is made from a template that has been built on a host. This page goes on by itself when one is
          ready.
        </Empty>
      ) : (
        <VeForm {...choices} provider={canAtProvider(viewer, 've:create')} />
      )}
    </>
  )
}
