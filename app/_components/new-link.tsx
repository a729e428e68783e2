import Link from 'next/link'
import { PERMISSIONS, type Permission } from '@/lib/auth/permissions.ts'
import { canAnywhere, type Viewer } from '@/lib/auth/viewer.ts'
import { Button } from '../_ui/button.tsx'
import { buttonClass } from '../_ui/button-class.ts'

/** The way to a form that makes something; for who may not, a button that says so. */
export function NewLink({
  viewer,
  permission,
  href,
  children,
}: {
  viewer: Viewer
  permission: Permission
  href: string
  children: string
}) {
  if (!canAnywhere(viewer, permission))
    return (
      <Button look="primary" disabledReason={`Your role does not allow you to ${PERMISSIONS[permission]}.`}>
        {children}
      </Button>
    )
  return (
    <Link href={href} prefetch={false} className={buttonClass('primary')}>
      {children}
    </Link>
  )
}
