import { megabits, text, words } from '../../_forms/read-form.ts'

/** A dash is "none", nothing typed is "as the pool says". */
const gateway = (form: FormData, name: string) => {
  const typed = text(form, name)
  if (typed === '') return {}
  return { [name]: typed === '-' ? null : typed }
}

const rate = (form: FormData) => ({
  inBits: megabits(form, 'rate.inBits'),
  outBits: megabits(form, 'rate.outBits'),
})

export function readInterfaceForm(form: FormData): Record<string, unknown> {
  const kind = text(form, 'kind')
  const addresses = words(text(form, 'addresses'))
  const pool = text(form, 'poolIds')
  const ifname = text(form, 'ifname')
  return {
    veId: text(form, 'veId'),
    wanted: {
      kind,
      rate: rate(form),
      ...(ifname === '' ? {} : { ifname }),
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(pool === '' ? {} : { poolIds: [pool] }),
      ...(kind === 'routed' ? { delegate: form.get('delegate') === 'on' } : {}),
      ...(kind === 'bridged' ? { ...gateway(form, 'gateway4'), ...gateway(form, 'gateway6') } : {}),
    },
  }
}

export function readInterfaceChange(form: FormData): Record<string, unknown> {
  return {
    veId: text(form, 'veId'),
    interfaceId: text(form, 'interfaceId'),
    wanted: {
      rate: rate(form),
      addresses: words(text(form, 'addresses')),
      ...gateway(form, 'gateway4'),
      ...gateway(form, 'gateway6'),
    },
  }
}
