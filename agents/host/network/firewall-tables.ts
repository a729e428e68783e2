/**
 * The two tables that all VEs with a firewall share: "inet corral-firewall" for routed interfaces and "bridge corral-firewall" for
 * bridged ones. A packet finds its VE's chains through a map by the name of the host's end, so it costs the same with one VE or a
 * thousand; a table with hooks per VE was measured to take six sevenths of the packets per second away at 200 VEs.
 *
 * On a bridge the rules are tried by port, in the family bridge. The kernel's br_netfilter, switched on for that bridge alone, shows
 * its packets to conntrack and to the hooks of the IP layer, which see the bridge instead of the port; firewall-marks.ts is what
 * passes between the two. Should somebody switch br_netfilter off, answers are no more known as such: the firewall closes. The IP layer
 * says no (reject) only to whom the host has some route to: without a default route, to others it says nothing.
 *
 * A connection is judged by the rules with each packet from the side that opened it, and answers always pass. So a new rule that
 * forbids a connection cuts it too, without a search through the table of connections.
 */
import { hasMark, MARK, setMark } from './firewall-marks.ts'

export const FIREWALL_TABLE = 'corral-firewall'

/**
 * Connections that conntrack may hold of one interface, so that no VE fills the host's table (262,144 on hosts of 4 GB and more):
 * BUCKETS lists of BUCKET entries, for `ct count` searches one list with each new connection. The lists fill unevenly: from about
 * 23,000 on some new connections are dropped, beyond 32,768 all.
 */
const BUCKETS = 512
const BUCKET = 64
const bucket = `jhash ct original proto-src . ct original proto-dst mod ${BUCKETS}`

function limited(match: string, set: string, key: string): string {
  return `${match} ct state new add @${set} { ${key} . ${bucket} ct count over ${BUCKET} } drop`
}

/** Counts VEs without a firewall too: once connections are tracked, theirs are. Docker's and others' "veth…" are none of ours. */
const CAPS = {
  forward: [
    limited('iifname "ve*" iifname != "veth*"', 'connections', 'iifname'),
    limited('oifname "ve*" oifname != "veth*"', 'connections', 'oifname'),
    limited(hasMark(MARK.fromVe), 'stations', 'ether saddr'),
    limited(hasMark(MARK.toVe), 'stations', 'ether daddr'),
  ],
  input: [
    limited('iifname "ve*" iifname != "veth*"', 'connections', 'iifname'),
    limited(hasMark(MARK.fromVe), 'stations', 'ether saddr'),
  ],
  output: [],
} as const

/** What the link lives by; RFC 4861 and 2710 have these hop limits, so nothing that was routed passes as such. */
const NEIGHBOURS = [
  'ip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept',
  'ip6 hoplimit 1 icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } accept',
]

type Chain = { name: string; hook?: string; rules: readonly string[] }

const INET: { sets: readonly string[]; chains: readonly Chain[] } = {
  sets: [
    `add set inet ${FIREWALL_TABLE} connections { typeof iifname . meta mark; flags dynamic; size 1048576; }`,
    `add set inet ${FIREWALL_TABLE} stations { typeof ether saddr . meta mark; flags dynamic; size 1048576; }`,
    `add set inet ${FIREWALL_TABLE} bridges { type ifname; }`,
  ],
  chains: [
    {
      name: 'basics',
      rules: [
        ...NEIGHBOURS,
        'ct state invalid drop',
        'ct state related accept',
        'ct state established ct direction reply accept',
      ],
    },
    {
      name: 'refuse',
      rules: ['meta l4proto tcp reject with tcp reset', 'reject with icmpx type port-unreachable'],
    },
    {
      name: 'connection',
      rules: [
        `ct state invalid ${setMark(MARK.invalid)}`,
        `ct state related ${setMark(MARK.answer)}`,
        `ct state established ct direction reply ${setMark(MARK.answer)}`,
      ],
    },
    {
      name: 'forward',
      hook: 'forward priority filter',
      rules: [
        `${hasMark(MARK.refuse)} goto refuse`,
        'iifname vmap @out',
        'oifname vmap @in',
        ...CAPS.forward,
      ],
    },
    {
      name: 'input',
      hook: 'input priority filter',
      rules: [`${hasMark(MARK.refuse)} goto refuse`, 'iifname vmap @out', ...CAPS.input],
    },
    { name: 'output', hook: 'output priority filter', rules: ['oifname vmap @in', ...CAPS.output] },
    // After conntrack (-200) and what others may set marks with (-150).
    { name: 'entry', hook: 'prerouting priority -140', rules: ['iifname @bridges jump connection'] },
    { name: 'exit', hook: 'postrouting priority -140', rules: ['oifname @bridges jump connection'] },
  ],
}

const BRIDGE: { sets: readonly string[]; chains: readonly Chain[] } = {
  sets: [],
  chains: [
    {
      name: 'basics',
      rules: [
        'meta protocol arp accept',
        ...NEIGHBOURS,
        `${hasMark(MARK.invalid)} drop`,
        `${hasMark(MARK.answer)} accept`,
      ],
    },
    { name: 'refuse', rules: [`${setMark(MARK.refuse)} accept`] },
    // Before br_netfilter hands the packet to the IP layer (-1).
    { name: 'forward', hook: 'forward priority -200', rules: ['iifname vmap @out', 'oifname vmap @in'] },
    { name: 'input', hook: 'input priority -200', rules: ['iifname vmap @out'] },
    { name: 'output', hook: 'output priority -200', rules: ['oifname vmap @in'] },
    // What the IP layer has had no chance to refuse: a packet of the host's own, or one it was not shown.
    { name: 'exit', hook: 'postrouting priority 300', rules: [`${hasMark(MARK.refuse)} drop`] },
  ],
}

export type FirewallFamily = 'inet' | 'bridge'
const TABLES = { inet: INET, bridge: BRIDGE } as const

/** Lines that make the shared table of a family, or leave it as it is. */
export function tableLines(family: FirewallFamily): string[] {
  const { sets, chains } = TABLES[family]
  const table = `${family} ${FIREWALL_TABLE}`
  return [
    `add table ${table}`,
    ...sets,
    ...['in', 'out'].map((map) => `add map ${table} ${map} { type ifname : verdict; }`),
    ...chains.map(({ name, hook }) =>
      hook === undefined
        ? `add chain ${table} ${name}`
        : `add chain ${table} ${name} { type filter hook ${hook}; policy accept; }`,
    ),
    ...chains.flatMap(({ name, rules }) => [
      `flush chain ${table} ${name}`,
      ...rules.map((rule) => `add rule ${table} ${name} ${rule}`),
    ]),
  ]
}

/**
 * Takes a shared table away when no VE is in it: every VE's chains jump to "basics", which the kernel does not delete while
 * one does, and then nothing of this is done. Without a lock: a VE that comes in the meantime makes the table anew.
 */
export function emptyTableText(family: FirewallFamily): string {
  const table = `${family} ${FIREWALL_TABLE}`
  return `delete chain ${table} basics\ndelete table ${table}\n`
}
