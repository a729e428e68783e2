'use client'
import { useState } from 'react'
import { FieldGroup, SelectField, TextAreaField, TextField } from './fields.tsx'

const KINDS = [
  ['password', 'a password'],
  ['key', 'a private key'],
] as const
type Kind = (typeof KINDS)[number][0]

/** How to sign in on a host, once: by password or by key. */
export function CredentialFields({ user }: { user: string }) {
  const [kind, setKind] = useState<Kind>('password')
  return (
    <FieldGroup
      title={`Sign in as ${user}`}
      note="Used once, for this enrolment: it is sealed before it is stored, only the worker can open it, and it is wiped when the enrolment ends. Afterwards Corral uses a key of its own."
    >
      <SelectField
        name="credential.kind"
        label="Sign in with"
        value={kind}
        onChange={(event) => setKind(event.target.value as Kind)}
      >
        {KINDS.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
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
