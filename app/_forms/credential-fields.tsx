'use client'
import { useState } from 'react'
import { FieldGroup, TextAreaField, TextField } from './fields.tsx'

const KINDS = [
  ['password', 'Password'],
  ['key', 'Private key'],
] as const

/** How to sign in on a host, once: by password or by key. */
export function CredentialFields({ user }: { user: string }) {
  const [kind, setKind] = useState<'password' | 'key'>('password')
  return (
    <FieldGroup
      title={`Sign in as ${user}`}
      note="Used once, for this enrolment: it is sealed before it is stored, only the worker can open it, and it is wiped when the enrolment ends. Afterwards Corral uses a key of its own."
    >
      <div role="radiogroup" aria-label="Sign in by" className="flex flex-wrap gap-5">
        {KINDS.map(([value, label]) => (
          <label key={value} className="flex items-center gap-2">
            <input
              type="radio"
              name="credential.kind"
              value={value}
              checked={kind === value}
              onChange={() => setKind(value)}
              className="accent-accent"
            />
            {label}
          </label>
        ))}
      </div>
      {kind === 'password' ? (
        <TextField name="credential.password" label="Password" type="password" autoComplete="off" />
      ) : (
        <>
          <TextAreaField
            name="credential.privateKey"
            label="Private key"
            rows={6}
            placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          />
          <TextField
            name="credential.passphrase"
            label="Passphrase of the key"
            type="password"
            optional
            autoComplete="off"
          />
        </>
      )}
    </FieldGroup>
  )
}
