import { describe, expect, it } from 'vitest'
import { flowHref, readFlow } from './flow.ts'

const flow = {
  name: 'h1',
  address: '192.0.2.1',
  port: 22,
  user: 'root',
  probe: '0192f0c0-0000-7000-8000-000000000001',
}
const paramsOf = (href: string) => Object.fromEntries(new URL(href, 'http://panel.test').searchParams)

describe('the flow in the URL', () => {
  it('comes back as it was', () => {
    expect(readFlow(paramsOf(flowHref(flow)))).toEqual(flow)
    expect(readFlow(paramsOf(flowHref({ ...flow, confirmed: 'yes' })))).toEqual({ ...flow, confirmed: 'yes' })
  })
  it.each([
    ['no probe', { ...flow, probe: undefined }],
    ['an address that could be an option', { ...flow, address: '-oProxyCommand=x' }],
    ['a port that is none', { ...flow, port: '70000' }],
  ])('begins anew with %s', (_, params) =>
    expect(readFlow(params as unknown as Record<string, string>)).toBeNull(),
  )
})
