import { CheckGroup } from '../../_forms/check-group.tsx'
import { CheckField } from '../../_forms/fields.tsx'

export type BindingChoice = { id: string; name: string; bound: boolean }

/** Which hosts a pool serves; nothing chosen: all of them. */
export function PoolBindings({ hosts, groups }: { hosts: BindingChoice[]; groups: BindingChoice[] }) {
  const bound = [...hosts, ...groups].filter((each) => each.bound).length
  return (
    <details open={bound > 0}>
      <summary className="cursor-pointer font-medium text-sm">
        Serves {bound === 0 ? 'every host' : 'some hosts only'}
      </summary>
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <Choices title="Hosts" name="hostIds" choices={hosts} />
        <Choices title="Groups of hosts" name="groupIds" choices={groups} />
      </div>
      <p className="mt-2 text-content-muted text-sm">With none chosen it serves every host.</p>
    </details>
  )
}

function Choices({ title, name, choices }: { title: string; name: string; choices: BindingChoice[] }) {
  if (choices.length === 0) return null
  return (
    <CheckGroup name={name} label={title} scroll>
      {choices.map(({ id, name: label, bound }) => (
        <CheckField key={id} name={name} value={id} label={label} defaultChecked={bound} />
      ))}
    </CheckGroup>
  )
}
