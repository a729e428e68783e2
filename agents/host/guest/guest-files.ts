import type { VeSpec } from '../../../lib/contract/ve-spec.ts'

export function hostsFile(spec: Pick<VeSpec, 'hostname' | 'interfaces'>): string {
  const short = spec.hostname.split('.')[0] ?? spec.hostname
  const names = short === spec.hostname ? short : `${spec.hostname} ${short}`
  const addresses = spec.interfaces.flatMap((each) => each.addresses)
  const own = addresses.length > 0 ? addresses : ['127.0.1.1']
  return [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...own.map((address) => `${address} ${names}`),
    '',
  ].join('\n')
}

export function resolvFile(dns: VeSpec['dns']): string {
  const search = dns.search.length > 0 ? [`search ${dns.search.join(' ')}`] : []
  return [...search, ...dns.servers.map((server) => `nameserver ${server}`), ''].join('\n')
}

/** The host sets the interfaces up before init runs; ifupdown is told that they exist and are not its business. */
export function interfacesFile(spec: Pick<VeSpec, 'interfaces'>): string {
  const own = spec.interfaces.map(({ ifname }) => `\niface ${ifname} inet manual\n`)
  return [
    '# Set up by the host: changes here are not seen there.\nauto lo\niface lo inet loopback\n',
    ...own,
  ].join('')
}
