import type { ReactNode } from 'react'
import type { Viewer } from '@/lib/auth/viewer.ts'
import { paths } from '@/lib/paths.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { PageHeader } from '../../_ui/page-header.tsx'
import { Tabs } from '../../_ui/tabs.tsx'
import { Crumb } from '../crumb.tsx'
import { SimulatedBadge } from '../hosts/simulated-badge.tsx'
import { Live } from '../live/live.tsx'
import { VeActionBar } from './ve-action-bar.tsx'
import { veOffers } from './ve-allowed.ts'
import { VeNotices } from './ve-notices.tsx'
import { VeStateBadge } from './ve-state-badge.tsx'
import { veSubject } from './ve-subject.ts'

const TABS = [
  { label: 'Overview', path: paths.ve },
  { label: 'Resources', path: paths.veResources },
  { label: 'Plan', path: paths.vePlan },
  { label: 'Usage', path: paths.veUsage },
  { label: 'Quota', path: paths.veQuota },
  { label: 'Snapshots', path: paths.veSnapshots },
  { label: 'Backups', path: paths.veBackups },
  { label: 'Network', path: paths.veNetwork },
  { label: 'Firewall', path: paths.veFirewall },
  { label: 'Devices', path: paths.veDevices },
  { label: 'Settings', path: paths.veSettings },
  { label: 'Console', path: paths.veConsole },
  { label: 'Boot log', path: paths.veBootLog },
] as const
export type VeTab = (typeof TABS)[number]['label']

/** What all pages of a VE have: name, state, actions, what stands out about it, and the way to the others. */
export function VeFrame({
  viewer,
  ve,
  tab,
  children,
}: {
  viewer: Viewer
  ve: VeResource
  /** Null on a page that is reached in another way. */
  tab: VeTab | null
  children: ReactNode
}) {
  return (
    <>
      <Live topics={['ve', 'operation', 'host']} ids={[ve.id, ve.host.id]} />
      <PageHeader
        trail={<Crumb href={paths.ves()}>VEs</Crumb>}
        title={ve.name}
        note={ve.description === '' ? null : ve.description}
        state={
          <>
            <span role="status">
              <VeStateBadge state={ve.state} />
            </span>
            {ve.host.simulated ? <SimulatedBadge /> : null}
          </>
        }
        actions={
          ve.state === 'destroyed' ? null : <VeActionBar ve={veSubject(ve)} offers={veOffers(viewer, ve)} />
        }
      />
      <Tabs
        label={`Pages of ${ve.name}`}
        tabs={TABS.map(({ label, path }) => ({ label, href: path(ve.id), current: label === tab }))}
      />
      <VeNotices ve={ve} />
      {children}
    </>
  )
}
