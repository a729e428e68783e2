import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { can } from '@/lib/auth/viewer.ts'
import { getFirewallSet } from '@/lib/firewall/queries.ts'
import { paths } from '@/lib/paths.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { FirewallSetForm } from '../../../_components/firewall/firewall-set-form.tsx'
import { FirewallSetRemove } from '../../../_components/firewall/firewall-set-remove.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { PageHeader } from '../../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Rule set' }

export default async function FirewallSetPage({ params }: { params: Promise<{ set: string }> }) {
  const viewer = await requireViewer()
  const set = await orNotFound(getFirewallSet(viewer, (await params).set))
  const reason = can(viewer, 've:configure', set.account.id) ? null : `It belongs to ${set.account.name}.`
  const use =
    set.ves === 0
      ? 'No VE refers to it yet.'
      : `${set.ves} ${set.ves === 1 ? 'VE refers' : 'VEs refer'} to it.`
  return (
    <>
      <Live topics={['firewall-set']} ids={[set.id]} />
      <PageHeader
        trail={<Crumb href={paths.firewallSets()}>Firewall rule sets</Crumb>}
        title={set.name}
        note={set.ves === 0 ? use : `${use} A change reaches ${set.ves === 1 ? 'it' : 'them'} at once.`}
        actions={
          <FirewallSetRemove id={set.id} name={set.name} disabledReason={set.ves > 0 ? use : reason} />
        }
      />
      <FirewallSetForm
        key={set.updatedAt}
        set={{ id: set.id, name: set.name, description: set.description, rules: set.rules }}
        disabledReason={reason}
      />
    </>
  )
}
