import { megabits, text, words } from '../../_forms/read-form.ts'

/** A dash is "none", nothing typed is "as the pool says". */
const gateway = (form: FormData, prefix: string, name: string) => {
  const typed = text(form, `${prefix}${name}`)
  if (typed === '') return {}
  return { [name]: typed === '-' ? null : typed }
}

/** Left out where the form does not ask for it. */
const rate = (form: FormData, prefix: string) =>
  form.has(`${prefix}rate.inBits`)
    ? {
        rate: {
          inBits: megabits(form, `${prefix}rate.inBits`),
          outBits: megabits(form, `${prefix}rate.outBits`),
        },
      }
    : {}

/** A new interface as the command wants it, of fields whose names begin with `prefix`. */
export function readInterface(form: FormData, prefix: string): Record<string, unknown> {
  const typed = (name: string) => text(form, `${prefix}${name}`)
  const kind = typed('kind')
  const addresses = words(typed('addresses'))
  return {
    kind,
    ...rate(form, prefix),
    ...(typed('ifname') === '' ? {} : { ifname: typed('ifname') }),
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(typed('poolIds.0') === '' ? {} : { poolIds: [typed('poolIds.0')] }),
    ...(kind === 'routed' ? { delegate: form.get(`${prefix}delegate`) === 'on' } : bridged(form, prefix)),
  }
}

function bridged(form: FormData, prefix: string): Record<string, unknown> {
  const mac = text(form, `${prefix}mac`).toLowerCase()
  return {
    ...(mac === '' ? {} : { mac }),
    ...gateway(form, prefix, 'gateway4'),
    ...gateway(form, prefix, 'gateway6'),
  }
}

export const readInterfaceForm = (form: FormData): Record<string, unknown> => ({
  veId: text(form, 'veId'),
  wanted: readInterface(form, ''),
})

/** All interfaces of a form: "interfaces.0.kind" and so on. Undefined when the form asks for none of them. */
export function readInterfaces(form: FormData): Record<string, unknown>[] | undefined {
  if (!form.has('interfaces')) return undefined
  const read: Record<string, unknown>[] = []
  for (let index = 0; form.has(`interfaces.${index}.kind`); index += 1)
    read.push(readInterface(form, `interfaces.${index}.`))
  return read
}

export function readInterfaceChange(form: FormData): Record<string, unknown> {
  return {
    veId: text(form, 'veId'),
    interfaceId: text(form, 'interfaceId'),
    wanted: {
      ...rate(form, ''),
      addresses: words(text(form, 'addresses')),
      ...gateway(form, '', 'gateway4'),
      ...gateway(form, '', 'gateway6'),
    },
  }
}
