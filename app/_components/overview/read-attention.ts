import type { Viewer } from '@/lib/auth/viewer.ts'
import { listHosts } from '@/lib/hosts/queries.ts'
import { listOperations } from '@/lib/operations/queries.ts'
import { paths } from '@/lib/paths.ts'
import { listTemplates } from '@/lib/templates/queries.ts'
import { listVes } from '@/lib/ves/queries.ts'

export type Attention = {
  id: string
  kind: 'Host' | 'VE' | 'Template' | 'Operation'
  name: string
  href: string
  what: string
  tone: 'caution' | 'danger'
}

/** Of each kind at most this many: the lists have the rest. */
const EACH = { limit: 5 }

/** What waits for a person: things that are failed, stuck or silent. */
export async function readAttention(viewer: Viewer): Promise<Attention[]> {
  const [stuck, failedHosts, silentHosts, failedVes, failedTemplates] = await Promise.all([
    listOperations(viewer, { status: 'stuck', ...EACH }),
    listHosts(viewer, { status: 'failed', ...EACH }),
    listHosts(viewer, { status: 'offline', ...EACH }),
    listVes(viewer, { state: 'failed', ...EACH }),
    listTemplates(viewer, { status: 'failed', ...EACH }),
  ])
  return [
    ...stuck.items.map(({ id, title, problem }) => ({
      ...named(id, 'Operation', title, paths.operation(id)),
      what: problem?.detail ?? 'Stuck: undoing failed.',
    })),
    ...failedHosts.items.map(({ id, name, problem }) => ({
      ...named(id, 'Host', name, paths.host(id)),
      what: problem?.detail ?? 'Its enrolment failed.',
    })),
    ...silentHosts.items.map(({ id, name, problem }) => ({
      ...named(id, 'Host', name, paths.host(id)),
      what: problem?.detail ?? 'It does not answer.',
      tone: 'caution' as const,
    })),
    ...failedVes.items.map(({ id, name, problem }) => ({
      ...named(id, 'VE', name, paths.ve(id)),
      what: problem?.detail ?? 'It is in an unknown condition.',
    })),
    ...failedTemplates.items.map(({ id, name, problem }) => ({
      ...named(id, 'Template', name, paths.template(id)),
      what: problem?.detail ?? 'Its build failed.',
    })),
  ]
}

const named = (id: string, kind: Attention['kind'], name: string, href: string) => ({
  id,
  kind,
  name,
  href,
  tone: 'danger' as const,
})
