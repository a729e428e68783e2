import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { paths } from '@/lib/paths.ts'
import { listTemplates, templateListQuery } from '@/lib/templates/queries.ts'
import { ListControls } from '../../_components/lists/list-controls.tsx'
import { listState, readPage, type SearchParams } from '../../_components/lists/list-params.ts'
import { Pager } from '../../_components/lists/pager.tsx'
import { Live } from '../../_components/live/live.tsx'
import { NewLink } from '../../_components/new-link.tsx'
import { TEMPLATE_STATUS } from '../../_components/templates/template-status.tsx'
import { TemplateTable } from '../../_components/templates/template-table.tsx'
import { Empty } from '../../_ui/empty.tsx'
import { PageHeader } from '../../_ui/page-header.tsx'

export const metadata: Metadata = { title: 'Templates' }

const FILTERS = [
  {
    name: 'status',
    label: 'Status',
    options: Object.entries(TEMPLATE_STATUS).map(([status, { label }]) => [status, label] as const),
  },
]

export default async function TemplatesPage({ searchParams }: { searchParams: SearchParams }) {
  const viewer = await requireViewer()
  const state = await listState(templateListQuery, searchParams)
  const page = await readPage(state, (query) => listTemplates(viewer, query))
  const make = (
    <NewLink viewer={viewer} permission="template:manage" href={paths.templateNew()}>
      New template
    </NewLink>
  )
  const untouched = Object.keys(state.params).length === 0
  return (
    <>
      <Live topics={['template', 've']} />
      <PageHeader title="Templates" actions={make} />
      <ListControls searchLabel="Search templates" filters={FILTERS} />
      <div className="rounded-lg border border-line bg-surface-raised">
        {page.items.length > 0 ? (
          <TemplateTable
            templates={page.items}
            order={{ path: paths.templates(), sort: state.query.sort ?? 'name' }}
          />
        ) : untouched ? (
          <Empty title="No template yet" action={make}>
            A template says what a VE starts from: a distribution, its init and packages. A host builds it
            once; VEs are then made of it in seconds.
          </Empty>
        ) : (
          <Empty title="Nothing matches">Change the search or the filter.</Empty>
        )}
        <Pager path={paths.templates()} params={state.params} shown={page.items.length} {...page} />
      </div>
    </>
  )
}
