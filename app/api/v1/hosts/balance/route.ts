import { balanceFleet } from '@/lib/fleet/commands.ts'
import { getBalance } from '@/lib/fleet/propose-balance.ts'
import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { apiRoute } from '@/lib/http/route.ts'
import { getOperation } from '@/lib/operations/queries.ts'

export const GET = apiRoute(API_ROUTES.fleetBalanceGet, ({ viewer }) => getBalance(viewer))

export const POST = apiRoute(API_ROUTES.fleetBalance, async ({ viewer, input, tx }) => {
  const { operationId } = await balanceFleet(viewer, input, tx)
  return { operation: await getOperation(viewer, operationId, tx) }
})
