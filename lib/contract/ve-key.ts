import * as z from 'zod/mini'
import { veid } from './names.ts'

/** The number alone does not say which VE is meant: a host may hold one of another panel, or of a lost one, under it. */
export const veKey = { veid, uuid: z.uuid(), epoch: z.int().check(z.gte(1)) }
