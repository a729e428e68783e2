import { checkHealth } from '@/lib/http/health.ts'

export const dynamic = 'force-dynamic'

export function GET(): Promise<Response> {
  return checkHealth()
}
