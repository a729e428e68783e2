'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import { SwitchField } from '../../../_forms/fields.tsx'
import { FormShell } from '../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../_forms/use-form-action.ts'
import { createVeAction } from './action.ts'
import type { VeFormChoices } from './choices.ts'
import { Identity } from './identity.tsx'
import { Interfaces } from './interfaces.tsx'
import { Kind } from './kind.tsx'
import { Access, Limits, Names } from './limits.tsx'
import { More } from './more.tsx'
import { possibleHosts } from './place.ts'

/** `provider`: whoever owns hosts may let a VE share more with them. */
type VeFormProps = VeFormChoices & { provider: boolean }

export function VeForm({ templates, hosts, pools, plans, provider }: VeFormProps) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(createVeAction, ({ veId }) =>
    router.push(paths.ve(veId)),
  )
  const [templateId, setTemplateId] = useState(templates[0]?.id ?? '')
  const [hostId, setHostId] = useState('')
  const [ownNetwork, setOwnNetwork] = useState(true)
  const template = templates.find((each) => each.id === templateId)
  const possible = possibleHosts(hosts, template, hostId)
  return (
    <FormShell
      label="Create VE"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Create VE"
      pendingLabel="Creating…"
      cancelHref={paths.ves()}
    >
      <Identity
        templates={templates}
        hosts={hosts}
        possible={possible}
        templateId={templateId}
        hostId={hostId}
        onTemplate={setTemplateId}
        onHost={setHostId}
      />
      <Kind provider={provider} hosts={possible} onOwnNetwork={setOwnNetwork} />
      {ownNetwork ? (
        <Interfaces
          pools={pools.filter((pool) => possible.some(({ id }) => pool.hostIds.includes(id)))}
          hosts={possible}
          provider={provider}
        />
      ) : null}
      <Names />
      <Limits hosts={possible} plans={plans} />
      <Access />
      <More hosts={possible} />
      <SwitchField name="start" label="Start it when it is made" defaultChecked />
    </FormShell>
  )
}
