import type { TemplateResource } from '@/lib/templates/resource.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'

export const TEMPLATE_STATUS: Record<TemplateResource['status'], { label: string; tone: Tone }> = {
  building: { label: 'Building', tone: 'busy' },
  ready: { label: 'Ready', tone: 'positive' },
  failed: { label: 'Failed', tone: 'danger' },
}

export function TemplateStatusBadge({ status }: { status: TemplateResource['status'] }) {
  return <StateBadge tone={TEMPLATE_STATUS[status].tone}>{TEMPLATE_STATUS[status].label}</StateBadge>
}
