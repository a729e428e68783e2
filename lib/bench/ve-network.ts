import type { Bench } from './figure.ts'
import { iperfClient, iperfServer, withBareWire } from './iperf.ts'
import { withLoadVe } from './load-ve.ts'
import { contend, type Rates, worst } from './pairs.ts'
import { iperfBitsPerSecond } from './tool-output.ts'

const PAIRS = 7
const LOOPBACK = '127.0.0.1'

/** TCP within a VE beside the bare host's loopback; between host and VE beside a bare veth pair, either way. */
export const veNetwork: Bench = {
  names: ['ve-loopback-vs-host', 've-veth-vs-host'],
  needsRoot: true,
  async measure({ engine, say }) {
    const host = await engine()
    const loopback: Rates[] = []
    const veth: Rates[] = []
    await withLoadVe(host, ({ address, inVe, bare }) =>
      withBareWire(host, bare, async (farEnd) => {
        await inVe(iperfServer('/run/iperf3.pid'))
        const contest = (what: string, ours: () => Promise<string>, peer: () => Promise<string>) => {
          say(`${PAIRS} pairs of iperf3, ${what}`)
          const rate = (run: () => Promise<string>) => async () => iperfBitsPerSecond(await run())
          return contend({ what, ours: rate(ours), bare: rate(peer) }, PAIRS)
        }
        const within = iperfClient(LOOPBACK)
        loopback.push(
          await contest(
            'loopback',
            () => inVe(within),
            () => bare.run(within),
          ),
        )
        for (const reverse of [false, true]) {
          const to = (end: string) => () => bare.run(iperfClient(end, reverse))
          veth.push(await contest(reverse ? 'out of the VE' : 'into the VE', to(address), to(farEnd)))
        }
      }),
    )
    const write = (rate: number) => `${(rate / 1e9).toFixed(1)} Gbit/s`
    return {
      've-loopback-vs-host': worst(loopback, write, 'iperf3, one stream, at least 0.97'),
      've-veth-vs-host': worst(veth, write, 'routed interface beside a bare veth pair, at least 0.85'),
    }
  },
}
