import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import { backupListQuery, listBackups } from '@/lib/backups/queries.ts'
import { listBackupStores } from '@/lib/backups/stores.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { paths } from '@/lib/paths.ts'
import { BackupTable } from '../../_components/backups/backup-table.tsx'
import { StoreForm } from '../../_components/backups/store-form.tsx'
import { StoreTable } from '../../_components/backups/store-table.tsx'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'
import { Section } from '../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Backups' }

const IN_LIST = { limit: 200 }

export default async function BackupsPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(backupListQuery, searchParams)
  const page = await readPage(state, (query) => listBackups(viewer, query))
  return (
    <>
      <Live topics={['ve', 'host']} />
      <PageHeader
        title="Backups"
        note="Whole disks with their settings. They stay when their VE is destroyed."
      />
      <ListControls searchLabel="Search by VE" filters={[]} />
      <div className="mb-6 rounded-lg border border-line bg-surface-raised">
        {page.items.length === 0 ? (
          <Empty title={state.params.q ? 'Nothing matches' : 'No backups yet'}>
            They are taken on the page of their VE, now or by a schedule.
          </Empty>
        ) : (
          <BackupTable viewer={viewer} caption="Backups" backups={page.items} ve={null} />
        )}
        <Pager path={paths.backups()} params={state.params} shown={page.items.length} {...page} />
      </div>
      {canAtProvider(viewer, 'host:read') ? <Stores viewer={viewer} /> : null}
    </>
  )
}

async function Stores({ viewer }: { viewer: Viewer }) {
  const [stores, hosts] = await Promise.all([listBackupStores(viewer, IN_LIST), listHosts(viewer, IN_LIST)])
  const reason = canAtProvider(viewer, 'host:manage')
    ? null
    : 'Your role does not allow you to change stores.'
  return (
    <div className="grid gap-5">
      <Section title="Stores" flush>
        {stores.items.length === 0 ? (
          <Empty title="No store yet">A host needs one before its VEs can be backed up. Make it below.</Empty>
        ) : (
          <StoreTable stores={stores.items} disabledReason={reason} />
        )}
      </Section>
      <Section title="New store">
        <StoreForm hosts={hosts.items.map(({ id, name }) => ({ id, name }))} disabledReason={reason} />
      </Section>
    </div>
  )
}
