import { HOST_PATHS } from '@/lib/contract/agent-protocol.ts'
import { HOST_TOOL_NAMES, HOST_TOOLS } from '@/lib/contract/host-facts.ts'
import { Section } from '../../../_ui/section.tsx'

/** Said before anything is done: what enrolment will put on the host. */
export function Preview() {
  return (
    <Section title="What enrolment changes on the host">
      <ul className="grid list-disc gap-2 pl-5">
        <li>
          The agent, one file: <code className="font-mono text-sm">{HOST_PATHS.agent}</code>. It runs only
          while it is asked something.
        </li>
        <li>
          Corral’s own key for root, which can do nothing but call the agent (a forced command, no
          forwarding).
        </li>
        <li>
          Its state in <code className="font-mono text-sm">{HOST_PATHS.state}</code>, templates and VEs in{' '}
          <code className="font-mono text-sm">{HOST_PATHS.vz}</code>.
        </li>
        <li>Of these packages those that are missing, by the host’s own package manager:</li>
      </ul>
      <dl className="mt-2 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-0.5 pl-5 text-sm">
        {HOST_TOOL_NAMES.map((tool) => (
          <div key={tool} className="contents">
            <dt className="font-mono">{HOST_TOOLS[tool].package}</dt>
            <dd className="text-content-muted">{HOST_TOOLS[tool].why}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
