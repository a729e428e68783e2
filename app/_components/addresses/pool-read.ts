import { number, text } from '../../_forms/read-form.ts'

const ids = (form: FormData, name: string) => form.getAll(name).map(String)
const bindings = (form: FormData) => ({ hostIds: ids(form, 'hostIds'), groupIds: ids(form, 'groupIds') })

export function readPool(form: FormData): Record<string, unknown> {
  const given = (name: string) => text(form, name) || undefined
  return {
    name: text(form, 'name'),
    kind: given('kind'),
    cidr: text(form, 'cidr'),
    first: given('first'),
    last: given('last'),
    gateway: given('gateway'),
    bridge: given('bridge'),
    vlan: number(form, 'vlan'),
    delegates: number(form, 'delegates'),
    ...bindings(form),
  }
}

/** An empty gateway is none. */
export function readPoolChange(form: FormData): Record<string, unknown> {
  return {
    id: text(form, 'id'),
    change: {
      name: text(form, 'name'),
      first: text(form, 'first'),
      last: text(form, 'last'),
      ...(form.has('gateway') ? { gateway: text(form, 'gateway') || null } : {}),
      ...bindings(form),
    },
  }
}
