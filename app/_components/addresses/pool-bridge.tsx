'use client'
import { SuggestField } from '../../_forms/suggest-field.tsx'

/** A bridge that hosts report, and which. */
export type BridgeChoice = { name: string; hosts: string[] }

/** Offers what hosts have; a bridge that none has yet may be named too. */
export function PoolBridge({ bridges }: { bridges: BridgeChoice[] }) {
  const names = bridges.map(({ name }) => name).join(', ')
  return (
    <SuggestField
      name="bridge"
      label="Bridge"
      placeholder={bridges[0]?.name ?? 'br0'}
      offered={bridges.map(({ name, hosts }) => ({ value: name, about: `On ${hosts.join(', ')}.` }))}
      unknown={(typed) => {
        if (typed !== '') return `No host has reported it${names === '' ? '' : `; there is ${names}`}.`
        return names === ''
          ? 'Of the hosts that it serves: none has reported one yet.'
          : `Hosts have ${names}.`
      }}
    />
  )
}
