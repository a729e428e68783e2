'use client'
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { useContext } from 'react'
import { SelectField } from '../../_forms/fields.tsx'
import { FormContext } from '../../_forms/form-context.ts'
import { Button } from '../../_ui/button.tsx'
import { type EntryDraft, moved, newRule } from './rule-draft.ts'
import { RuleFields } from './rule-fields.tsx'

export type SetChoice = { id: string; name: string; rules: number }

/**
 * An ordered list of rules, and of rule sets among them where there are `sets`. Fields are named "entries.N.rule.ports" (or, without
 * `sets`, "rules.N.ports"), so that what is wrong with one is shown at it.
 */
export function RuleEditor({
  entries,
  sets,
  onChange,
}: {
  entries: readonly EntryDraft[]
  sets?: readonly SetChoice[]
  onChange: (entries: EntryDraft[]) => void
}) {
  const nextKey = 1 + Math.max(-1, ...entries.map(({ key }) => key))
  const replace = (index: number, entry: EntryDraft) => onChange(entries.with(index, entry))
  return (
    <div className="grid gap-3">
      <ol className="grid gap-3" aria-label="Rules, in order">
        {entries.map((entry, index) => (
          <li key={entry.key} className="grid gap-2 rounded border border-line p-3">
            <EntryHead
              index={index}
              last={index === entries.length - 1}
              onMove={(to) => onChange(moved(entries, index, to))}
              onRemove={() => onChange(entries.toSpliced(index, 1))}
            />
            <RuleProblem name={sets ? `entries.${index}.rule` : `rules.${index}`} />
            {entry.kind === 'rule' ? (
              <RuleFields
                prefix={sets ? `entries.${index}.rule` : `rules.${index}`}
                rule={entry}
                onChange={(rule) => replace(index, rule)}
              />
            ) : (
              <SelectField
                name={`entries.${index}.setId`}
                label="Rules of the set"
                value={entry.setId}
                onChange={(event) => replace(index, { ...entry, setId: event.target.value })}
              >
                {(sets ?? []).map((set) => (
                  <option key={set.id} value={set.id}>
                    {`${set.name} (${set.rules} ${set.rules === 1 ? 'rule' : 'rules'})`}
                  </option>
                ))}
              </SelectField>
            )}
          </li>
        ))}
      </ol>
      {entries.length === 0 ? (
        <p className="text-content-muted">No rule: the policies decide about everything.</p>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => onChange([...entries, newRule(nextKey)])}>
          <Plus aria-hidden className="size-3.5" />
          Add rule
        </Button>
        {sets && sets.length > 0 ? (
          <Button
            onClick={() => onChange([...entries, { key: nextKey, kind: 'set', setId: sets[0]?.id ?? '' }])}
          >
            <Plus aria-hidden className="size-3.5" />
            Add rule set
          </Button>
        ) : null}
      </div>
    </div>
  )
}

type EntryHeadProps = { index: number; last: boolean; onMove: (to: number) => void; onRemove: () => void }

/** Its number, by which it is spoken of, and what can be done to it as a whole. */
function EntryHead({ index, last, onMove, onRemove }: EntryHeadProps) {
  const which = `rule ${index + 1}`
  return (
    <div className="-mt-1 -mr-1 flex items-center gap-1">
      <span className="mr-auto font-medium text-content-muted text-sm">{index + 1}</span>
      <Button
        look="quiet"
        aria-label={`Move ${which} up`}
        disabledReason={index === 0 ? 'It is the first.' : null}
        onClick={() => onMove(index - 1)}
      >
        <ArrowUp aria-hidden className="size-3.5" />
      </Button>
      <Button
        look="quiet"
        aria-label={`Move ${which} down`}
        disabledReason={last ? 'It is the last.' : null}
        onClick={() => onMove(index + 1)}
      >
        <ArrowDown aria-hidden className="size-3.5" />
      </Button>
      <Button look="quiet" aria-label={`Remove ${which}`} onClick={onRemove}>
        <Trash2 aria-hidden className="size-3.5" />
      </Button>
    </div>
  )
}

/** What is wrong with a rule as a whole, such as that the kernel does not take it. */
function RuleProblem({ name }: { name: string }) {
  const wrong = useContext(FormContext).problem?.fields?.[name]
  return wrong === undefined ? null : (
    <p data-field={name} role="alert" className="wrap-long text-danger text-sm">
      {wrong}
    </p>
  )
}
