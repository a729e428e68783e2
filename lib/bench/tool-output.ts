/** What the tools that measure print, as one number: higher is faster. Each throws when the text has no such number. */

/** Bytes a second of the last algorithm and block size, from `openssl speed -mr` (openssl-speed(1)): `+F:index:name:rate…`. */
export function opensslBytesPerSecond(text: string): number {
  const rates = /^\+F:\d+:[^:\n]+:([\d.:]+)$/m.exec(text)?.[1]
  return measured(rates?.split(':').at(-1), 'openssl speed', text)
}

/** Reads and writes a second of all jobs together, from `fio --output-format=json` (fio(1)). */
export function fioOperationsPerSecond(text: string): number {
  // A warning may stand before the JSON.
  const { jobs } = JSON.parse(text.slice(Math.max(text.indexOf('{'), 0))) as FioOutput
  const total = jobs.reduce((sum, { read, write }) => sum + read.iops + write.iops, 0)
  return measured(total, 'fio', text)
}
type FioOutput = { jobs: { read: { iops: number }; write: { iops: number } }[] }

/** Bits a second that arrived, from `iperf3 --json` (iperf3(1)). */
export function iperfBitsPerSecond(text: string): number {
  const { end, error } = JSON.parse(text) as IperfOutput
  if (error !== undefined) throw new Error(`iperf3 says: ${error}`)
  return measured(end?.sum_received?.bits_per_second, 'iperf3', text)
}
type IperfOutput = { error?: string; end?: { sum_received?: { bits_per_second: number } } }

function measured(found: string | number | undefined, tool: string, text: string): number {
  const value = Number(found)
  if (Number.isFinite(value) && value > 0) return value
  throw new Error(`${tool} printed no figure: ${text.slice(0, 500)}`)
}
