'use client'
import { useState } from 'react'
import { INTERFACE_KIND, INTERFACE_KINDS, type InterfaceKind } from '@/lib/contract/ve-interface.ts'
import { FieldRow, SelectField, SwitchField, TextField } from '../../_forms/fields.tsx'
import { bridgeLack, type HostMeans, lackOf } from './host-means.ts'

export type PoolChoice = {
  id: string
  kind: InterfaceKind
  label: string
  bridge: string | null
  vlan: number | null
  delegates: number | null
  /** The hosts that it serves. */
  hostIds: string[]
}

type InterfaceFieldsProps = {
  /** In front of the names of the fields, such as "interfaces.0.". */
  prefix: string
  pools: readonly PoolChoice[]
  /** The hosts that the VE may be on. */
  hosts: readonly HostMeans[]
  nextName: string
  /** Whoever owns hosts may choose a hardware address. */
  provider: boolean
  /** Whoever sells to the VE's owner sets rates, and puts VEs on bridges. */
  above: boolean
}

/** All that can be said of a new interface; `readInterface` reads it. */
export function InterfaceFields({ prefix, pools, hosts, nextName, provider, above }: InterfaceFieldsProps) {
  const [kind, setKind] = useState<InterfaceKind>('routed')
  const rateLack = lackOf(hosts, 'net-rate')
  return (
    <>
      <FieldRow>
        <SelectField
          name={`${prefix}kind`}
          label="Kind"
          value={kind}
          onChange={(event) => setKind(event.target.value as InterfaceKind)}
          hint={<Hint text={INTERFACE_KIND[kind].hint} lack={lackOf(hosts, `net-${kind}`)} />}
        >
          {INTERFACE_KINDS.filter((each) => above || each === 'routed').map((each) => (
            <option key={each} value={each}>
              {INTERFACE_KIND[each].label}
            </option>
          ))}
        </SelectField>
        <TextField name={`${prefix}ifname`} label="Name inside" optional mono placeholder={nextName} />
        <Pool
          key={kind}
          name={`${prefix}poolIds.0`}
          kind={kind}
          pools={pools.filter((pool) => pool.kind === kind)}
          hosts={hosts}
          provider={provider}
        />
        <TextField
          name={`${prefix}addresses`}
          label="Addresses"
          optional
          mono
          placeholder="next free"
          hint="IPv4 or IPv6, from pools that serve its host; separated by spaces."
        />
        {above ? (
          <>
            <Rate name={`${prefix}rate.inBits`} label="Rate in, Mbit/s" lack={rateLack} />
            <Rate name={`${prefix}rate.outBits`} label="Rate out, Mbit/s" lack={null} />
          </>
        ) : null}
      </FieldRow>
      {kind === 'routed' ? (
        <SwitchField
          name={`${prefix}delegate`}
          label="Give it an IPv6 network of its own"
          hint="The next free one, such as a /64, of a pool that gives out networks."
        />
      ) : (
        <Bridged prefix={prefix} provider={provider} />
      )}
    </>
  )
}

function Pool({
  name,
  kind,
  pools,
  hosts,
  provider,
}: Pick<InterfaceFieldsProps, 'pools' | 'hosts' | 'provider'> & { name: string; kind: InterfaceKind }) {
  const [id, setId] = useState('')
  if (!provider) return null
  const chosen = pools.find((pool) => pool.id === id)
  const lack =
    (chosen?.bridge ? bridgeLack(hosts, chosen.bridge) : null) ??
    (chosen?.vlan ? lackOf(hosts, 'net-vlan') : null)
  const text =
    pools.length === 0
      ? `There is no ${kind} pool that serves it: make one first.`
      : 'Gives its next free address.'
  return (
    <SelectField
      name={name}
      label="Pool"
      value={chosen ? id : ''}
      onChange={(event) => setId(event.target.value)}
      hint={<Hint text={text} lack={lack} />}
    >
      <option value="">Automatic: one address of each family</option>
      {pools.map((pool) => (
        <option key={pool.id} value={pool.id}>
          {pool.label}
        </option>
      ))}
    </SelectField>
  )
}

function Rate({ name, label, lack }: { name: string; label: string; lack: string | null }) {
  return (
    <TextField
      name={name}
      label={label}
      optional
      inputMode="decimal"
      placeholder="unlimited"
      hint={lack === null ? undefined : <Hint text={null} lack={lack} />}
    />
  )
}

function Bridged({ prefix, provider }: { prefix: string; provider: boolean }) {
  return (
    <FieldRow>
      <TextField
        name={`${prefix}gateway4`}
        label="IPv4 gateway"
        optional
        mono
        placeholder="the pool’s"
        hint="A dash for none: the default route leads elsewhere."
      />
      <TextField
        name={`${prefix}gateway6`}
        label="IPv6 gateway"
        optional
        mono
        placeholder="the pool’s"
        hint="A dash for none."
      />
      {provider ? (
        <TextField
          name={`${prefix}mac`}
          label="Hardware address"
          optional
          mono
          placeholder="made up"
          hint="Locally administered, such as 02:16:3e:12:34:56."
        />
      ) : null}
    </FieldRow>
  )
}

/** What a field is for, and why it cannot be had. */
export function Hint({ text, lack }: { text: string | null; lack: string | null }) {
  return (
    <>
      {text}
      {text && lack ? ' ' : null}
      {lack ? <span className="text-caution">{lack}</span> : null}
    </>
  )
}
