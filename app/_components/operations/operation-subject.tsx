import Link from 'next/link'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { paths } from '@/lib/paths.ts'
import { linkClass } from '../../_ui/text-link.ts'

/** Links to the VE, template, plan and host that an operation is about. */
export function OperationSubject({ operation }: { operation: OperationResource }) {
  const things = [
    operation.ve && { ...operation.ve, kind: 'VE', href: paths.ve(operation.ve.id) },
    operation.template && {
      ...operation.template,
      kind: 'Template',
      href: paths.template(operation.template.id),
    },
    operation.plan && { ...operation.plan, kind: 'Plan', href: paths.plan(operation.plan.id) },
    operation.host && { ...operation.host, kind: 'Host', href: paths.host(operation.host.id) },
  ].filter((thing) => thing !== null)
  if (things.length === 0) return <span className="text-content-muted">nothing that is here now</span>
  return (
    <ul>
      {things.map((thing) => (
        <li key={thing.id}>
          <span className="text-content-muted">{thing.kind} </span>
          <Link href={thing.href} prefetch={false} className={linkClass}>
            {thing.name}
          </Link>
        </li>
      ))}
    </ul>
  )
}
