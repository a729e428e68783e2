'use client'
import { useState } from 'react'
import type { HostGroupResource } from '@/lib/host-groups/resource.ts'
import { ConfirmForm } from '../../_forms/confirm-form.tsx'
import { Button } from '../../_ui/button.tsx'
import { Dialog } from '../../_ui/dialog.tsx'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { removeHostGroupAction } from './host-group-action.ts'
import { type HostChoice, HostGroupForm } from './host-group-form.tsx'

type HostGroupTableProps = {
  groups: readonly HostGroupResource[]
  hosts: readonly HostChoice[]
  disabledReason: string | null
}

export function HostGroupTable({ groups, hosts, disabledReason }: HostGroupTableProps) {
  return (
    <Table
      caption="Groups of hosts"
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>Hosts</HeadCell>
          <HeadCell>Address pools</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {groups.map((group) => (
        <Row key={group.id}>
          <Cell lead className="font-medium">
            {group.name}
          </Cell>
          <Cell label="Hosts">{group.hosts.map(({ name }) => name).join(', ') || 'none'}</Cell>
          <Cell label="Pools">{group.pools.map(({ name }) => name).join(', ') || 'none'}</Cell>
          <Cell>
            <GroupActions group={group} hosts={hosts} disabledReason={disabledReason} />
          </Cell>
        </Row>
      ))}
    </Table>
  )
}

type GroupActionsProps = {
  group: HostGroupResource
  hosts: readonly HostChoice[]
  disabledReason: string | null
}

function GroupActions({ group, hosts, disabledReason }: GroupActionsProps) {
  const [open, setOpen] = useState<'change' | 'remove' | null>(null)
  const close = () => setOpen(null)
  const bound = group.pools.length > 0 ? 'Address pools are bound to it.' : null
  return (
    <div className="flex gap-1 max-md:-ml-3 md:justify-end">
      <Button look="quiet" disabledReason={disabledReason} onClick={() => setOpen('change')}>
        Change…
      </Button>
      <Button look="quiet" disabledReason={disabledReason ?? bound} onClick={() => setOpen('remove')}>
        Remove…
      </Button>
      <Dialog open={open === 'change'} onClose={close} title={`Change ${group.name}`}>
        <HostGroupForm group={group} hosts={hosts} disabledReason={null} onDone={close} />
      </Dialog>
      <Dialog open={open === 'remove'} onClose={close} title={`Remove ${group.name}?`}>
        <ConfirmForm
          id={group.id}
          name={group.name}
          verb="Remove"
          action={removeHostGroupAction}
          onDone={close}
          onCancel={close}
        >
          Its hosts stay, in no group.
        </ConfirmForm>
      </Dialog>
    </div>
  )
}
