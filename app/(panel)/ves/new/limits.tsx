import { FieldGroup, FieldRow, TextAreaField, TextField } from '../../../_forms/fields.tsx'

export function Names() {
  return (
    <FieldGroup title="Name resolution">
      <FieldRow>
        <TextField
          name="dns.servers"
          label="Name servers"
          optional
          mono
          placeholder="those of its host"
          hint="Addresses, separated by spaces."
        />
        <TextField
          name="dns.search"
          label="Search domains"
          optional
          mono
          placeholder="none"
          hint="Separated by spaces."
        />
      </FieldRow>
    </FieldGroup>
  )
}

export function Limits() {
  return (
    <FieldGroup title="Limits">
      <FieldRow>
        <TextField
          name="limits.memoryBytes"
          label="Memory"
          defaultValue="512 MiB"
          hint="Such as 512M or 4 GiB."
        />
        <TextField name="limits.diskBytes" label="Disk" defaultValue="4 GiB" />
        <TextField name="limits.swapBytes" label="Swap" defaultValue="0" />
        <TextField name="limits.processes" label="Processes" inputMode="numeric" defaultValue="1024" />
        <TextField
          name="limits.cpuUnits"
          label="CPU weight"
          inputMode="numeric"
          defaultValue="1000"
          hint="8 to 500000; 1000 is ordinary."
        />
        <TextField
          name="limits.cpuLimitPercent"
          label="CPU cap, percent of one CPU"
          optional
          inputMode="numeric"
          placeholder="none"
          hint="200 is two CPUs."
        />
      </FieldRow>
    </FieldGroup>
  )
}

export function Access() {
  return (
    <FieldGroup
      title="Getting in"
      note="Give a password, a key, or both. The password is sealed and wiped once the VE is made."
    >
      <TextField
        name="rootPassword"
        label="Root password"
        type="password"
        optional
        autoComplete="new-password"
        hint="At least 8 characters."
      />
      <TextAreaField
        name="sshKeys"
        label="SSH public keys"
        optional
        rows={3}
        placeholder="ssh-ed25519 AAAA… you@laptop"
        hint="One a line."
      />
    </FieldGroup>
  )
}
