import {
  BEANCOUNTER_NAMES,
  BEANCOUNTERS,
  type BeancounterName,
  type BeancounterPair,
  type BeancounterReading,
} from '@/lib/contract/beancounters.ts'
import type { HostFacts } from '@/lib/contract/host-facts.ts'
import { formatCount } from '@/lib/contract/units.ts'
import { beancountersOf } from '@/lib/contract/ve-limits.ts'
import type { BeancounterHistory } from '@/lib/usage/beancounter-history.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { Cell, HeadCell, Row, Table } from '../../_ui/table.tsx'
import { Tip } from '../../_ui/tip.tsx'
import { highest } from '../usage/plot.ts'
import { Sparkline } from '../usage/sparkline.tsx'
import { formatAmount } from './amount.ts'
import { BeancounterStatus } from './beancounter-status.tsx'
import { HeldBar } from './held-bar.tsx'

export const BEANCOUNTER_ORDERS = ['kernel', 'class'] as const
export type BeancounterOrder = (typeof BEANCOUNTER_ORDERS)[number]

const CLASSES = ['primary', 'secondary', 'auxiliary'] as const
const BY_CLASS = CLASSES.flatMap((each) =>
  BEANCOUNTER_NAMES.filter((name) => BEANCOUNTERS[name].class === each),
)

type BeancounterTableProps = {
  ve: VeResource
  history: BeancounterHistory
  /** Null: not known, or not for the viewer to see. */
  statuses: HostFacts['beancounters'] | null
  order: BeancounterOrder
}

/** All 21 as /proc/user_beancounters has them, in the units of people. */
export function BeancounterTable({ ve, history, statuses, order }: BeancounterTableProps) {
  const pairs = beancountersOf(ve.limits)
  return (
    <Table
      caption={`Beancounters of ${ve.name}`}
      head={
        <>
          <HeadCell>Parameter</HeadCell>
          <HeadCell>Held</HeadCell>
          <HeadCell className="text-right">Maxheld</HeadCell>
          <HeadCell className="text-right">Barrier</HeadCell>
          <HeadCell className="text-right">Limit</HeadCell>
          <HeadCell className="text-right">Failcnt</HeadCell>
          <HeadCell>Last 24 h</HeadCell>
          <HeadCell>On its host</HeadCell>
        </>
      }
    >
      {(order === 'class' ? BY_CLASS : BEANCOUNTER_NAMES).map((name) => (
        <Parameter
          key={name}
          name={name}
          pair={pairs[name]}
          reading={ve.observed?.beancounters?.[name] ?? null}
          history={history[name]}
          status={statuses?.[name] ?? null}
        />
      ))}
    </Table>
  )
}

type ParameterProps = {
  name: BeancounterName
  pair: BeancounterPair
  reading: BeancounterReading | null
  history: BeancounterHistory[BeancounterName]
  status: HostFacts['beancounters'][BeancounterName] | null
}

function Parameter({ name, pair, reading, history, status }: ParameterProps) {
  const { label, meaning, class: importance, pair: rule } = BEANCOUNTERS[name]
  const amount = (value: number | null) => formatAmount(name, value)
  return (
    <Row>
      <Cell lead>
        <Tip text={meaning}>{label}</Tip>
        <span className="block text-content-muted text-sm">
          <span className="font-mono text-xs">{name}</span> {importance}
        </span>
      </Cell>
      <Cell label="Held">
        {reading === null ? (
          <Unknown />
        ) : (
          <>
            {amount(reading.held)}
            <HeldBar
              label={`${label} held`}
              text={`${amount(reading.held)}, ${boundText(amount, pair, rule === 'guarantee')}`}
              held={reading.held}
              pair={pair}
              rule={rule}
            />
          </>
        )}
      </Cell>
      <Cell label="Maxheld" numeric className="whitespace-nowrap">
        {reading === null ? <Unknown /> : amount(reading.maxheld)}
      </Cell>
      <Cell label="Barrier" numeric className="whitespace-nowrap">
        <Bound text={amount(pair.barrier)} unlimited={pair.barrier === null} />
      </Cell>
      <Cell label="Limit" numeric className="whitespace-nowrap">
        <Bound text={amount(pair.limit)} unlimited={pair.limit === null} />
      </Cell>
      <Cell label="Failcnt" numeric className="whitespace-nowrap">
        <Failures total={reading?.failcnt ?? null} recent={history.failsSinceYesterday} />
      </Cell>
      <Cell label="Last 24 h">
        <Course label={label} held={history.held} amount={amount} />
      </Cell>
      <Cell label="On its host">
        {status === null ? <Unknown /> : <BeancounterStatus name={name} {...status} />}
      </Cell>
    </Row>
  )
}

function boundText(
  amount: (value: number | null) => string,
  { barrier, limit }: BeancounterPair,
  promise: boolean,
) {
  return promise ? `guaranteed ${amount(barrier)}` : `barrier ${amount(barrier)}, limit ${amount(limit)}`
}

const Unknown = () => <span className="text-content-faint">–</span>

const Bound = ({ text, unlimited }: { text: string; unlimited: boolean }) =>
  unlimited ? <span className="text-content-muted">{text}</span> : text

function Failures({ total, recent }: { total: number | null; recent: number }) {
  return (
    <>
      {total === null ? <Unknown /> : formatCount(total)}
      {recent > 0 ? (
        <span className="block text-danger text-sm">{`${formatCount(recent)} since yesterday`}</span>
      ) : null}
    </>
  )
}

type CourseProps = { label: string; held: readonly (number | null)[]; amount: (value: number) => string }

function Course({ label, held, amount }: CourseProps) {
  if (held.every((value) => value === null)) return <Unknown />
  return <Sparkline values={held} label={`${label} in the last 24 hours, at most ${amount(highest(held))}`} />
}
