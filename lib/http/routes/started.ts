import * as z from 'zod/mini'
import { operationResource } from '../../operations/resource.ts'

/** What takes time answers at once with its operation, to be followed at /operations/{id}. */
export const started = z.object({ operation: operationResource })
