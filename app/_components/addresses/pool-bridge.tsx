'use client'
import { useId, useState } from 'react'
import { TextField } from '../../_forms/fields.tsx'

/** A bridge that hosts report, and which. */
export type BridgeChoice = { name: string; hosts: string[] }

/** Offers what hosts have; a bridge that none has yet may be named too. */
export function PoolBridge({ bridges }: { bridges: BridgeChoice[] }) {
  const list = useId()
  const [typed, setTyped] = useState('')
  const known = bridges.find(({ name }) => name === typed)
  return (
    <>
      <TextField
        name="bridge"
        label="Bridge"
        mono
        list={list}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={bridges[0]?.name ?? 'br0'}
        hint={bridgeHint(typed, known, bridges)}
      />
      <datalist id={list}>
        {bridges.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}

function bridgeHint(typed: string, known: BridgeChoice | undefined, bridges: BridgeChoice[]): string {
  if (known) return `On ${known.hosts.join(', ')}.`
  const names = bridges.map(({ name }) => name).join(', ')
  if (typed !== '') return `No host has reported it${names === '' ? '' : `; there is ${names}`}.`
  return names === '' ? 'Of the hosts that it serves: none has reported one yet.' : `Hosts have ${names}.`
}
