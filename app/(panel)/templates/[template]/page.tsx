import type { Metadata } from 'next'
import { requireViewer } from '@/lib/auth/session.ts'
import { canAtProvider } from '@/lib/auth/viewer.ts'
import { ARCH } from '@/lib/contract/arch.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { getTemplate } from '@/lib/templates/queries.ts'
import { Crumb } from '../../../_components/crumb.tsx'
import { Live } from '../../../_components/live/live.tsx'
import { Moment } from '../../../_components/moment.tsx'
import { OperationTable } from '../../../_components/operations/operation-table.tsx'
import { orNotFound } from '../../../_components/or-not-found.ts'
import { ProblemCard } from '../../../_components/problem-card.tsx'
import { TemplateActions } from '../../../_components/templates/template-actions.tsx'
import { buildObstacle, hostLabel } from '../../../_components/templates/template-builders.ts'
import { TemplateCaches } from '../../../_components/templates/template-caches.tsx'
import { TemplateStatusBadge } from '../../../_components/templates/template-status.tsx'
import { Facts } from '../../../_ui/facts.tsx'
import { PageHeader } from '../../../_ui/page-header.tsx'
import { Section } from '../../../_ui/section.tsx'

export const metadata: Metadata = { title: 'Template' }

export default async function TemplatePage({ params }: { params: Promise<{ template: string }> }) {
  const viewer = await requireViewer()
  const template = await orNotFound(getTemplate(viewer, (await params).template))
  const [hosts, operations] = await Promise.all([
    listHosts(viewer, { limit: 200 }),
    listOperations(viewer, { templateId: template.id, limit: 10 }),
  ])
  const { definition } = template
  const forbidden = canAtProvider(viewer, 'template:manage')
    ? null
    : 'Your role does not allow you to manage templates.'
  const used =
    template.ves === 0 ? null : `${template.ves} ${template.ves === 1 ? 'VE was' : 'VEs were'} made from it.`
  return (
    <>
      <Live topics={['template', 'operation']} ids={[template.id]} />
      <PageHeader
        trail={<Crumb href={paths.templates()}>Templates</Crumb>}
        title={template.name}
        state={
          <span role="status">
            <TemplateStatusBadge status={template.status} />
          </span>
        }
        actions={
          <TemplateActions
            id={template.id}
            name={template.name}
            builders={hosts.items.map((host) => ({
              id: host.id,
              label: hostLabel(host),
              obstacle: buildObstacle(host, template.arch),
            }))}
            buildReason={forbidden ?? (hosts.total === 0 ? 'There is no host to build it on.' : null)}
            removeReason={forbidden ?? used}
          />
        }
      />
      {template.problem ? (
        <div className="mb-5">
          <ProblemCard problem={template.problem} reference={template.id} role="status" />
        </div>
      ) : null}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Section title="Definition">
          <Facts
            items={[
              ['System', `Debian ${definition.suite}`],
              ['Architecture', ARCH[definition.arch].label],
              ['Init', definition.init],
              ['Extra packages', definition.packages.length === 0 ? 'none' : definition.packages.join(', ')],
              ['VEs made from it', template.ves],
              ['Made', <Moment key="made" at={template.createdAt} />],
            ]}
          />
        </Section>
        <TemplateCaches caches={template.caches} />
        <Section title="Operations" className="lg:col-span-2" flush>
          <OperationTable caption={`Operations of ${template.name}`} operations={operations.items} compact />
        </Section>
      </div>
    </>
  )
}
