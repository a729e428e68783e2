import { describe, expect, it } from 'vitest'
import { fioOperationsPerSecond, iperfBitsPerSecond, opensslBytesPerSecond } from './tool-output.ts'

describe('openssl speed -mr', () => {
  it('gives the rate of the largest block', () => {
    expect(opensslBytesPerSecond('+H:16384\n+F:21:sha256:1923451234.50\n')).toBe(1923451234.5)
    expect(opensslBytesPerSecond('+H:16:16384\n+F:21:AES-256-GCM:100.00:2000.00\n')).toBe(2000)
  })

  it('refuses a run that failed', () => {
    expect(() => opensslBytesPerSecond('speed: unknown digest')).toThrow(/no figure.*unknown digest/)
  })
})

describe('fio --output-format=json', () => {
  const job = (read: number, write: number) => ({ read: { iops: read }, write: { iops: write } })

  it('adds up reads and writes of all jobs, and passes over warnings', () => {
    const text = JSON.stringify({ jobs: [job(70, 30), job(7.5, 2.5)] })
    expect(fioOperationsPerSecond(`fio: this is slow\n${text}`)).toBe(110)
  })

  it('refuses a job that did nothing', () => {
    expect(() => fioOperationsPerSecond(JSON.stringify({ jobs: [job(0, 0)] }))).toThrow('no figure')
  })
})

describe('iperf3 --json', () => {
  it('gives what arrived, not what was sent', () => {
    const end = { sum_sent: { bits_per_second: 12e9 }, sum_received: { bits_per_second: 11e9 } }
    expect(iperfBitsPerSecond(JSON.stringify({ end }))).toBe(11e9)
  })

  it('tells what iperf3 complained of', () => {
    const text = JSON.stringify({ end: {}, error: 'unable to connect to server' })
    expect(() => iperfBitsPerSecond(text)).toThrow('iperf3 says: unable to connect to server')
    expect(() => iperfBitsPerSecond(JSON.stringify({ end: {} }))).toThrow('no figure')
  })
})
