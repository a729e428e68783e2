import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAnywhere } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { FirewallSetForm } from '../../../_components/firewall/firewall-set-form.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'New rule set' }

export default async function FirewallSetNewPage() {
  const viewer = await requireViewer()
  return (
    <>
      <PageHeader
        trail={<Crumb href={paths.firewallSets()}>Firewall rule sets</Crumb>}
        title="New rule set"
      />
      <FirewallSetForm
        set={{ id: '', name: '', description: '', rules: [] }}
        disabledReason={
          canAnywhere(viewer, 've:configure') ? null : 'Your role does not allow you to make rule sets.'
        }
      />
    </>
  )
}
