/** One command in a running VE, as its root: asked for here, run by the worker, its output in the operation's result. */
import * as z from 'zod/mini'
import { recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import { commandLine, environment, type VeNamespace } from '../contract/ve-application.ts'
import type { Db } from '../db/client.ts'
import { EXEC_OUTPUT_MOST, EXEC_SECONDS_MOST } from '../operations/catalog/ve-exec.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { onVe } from './on-ve.ts'
import { refuseHostRoot } from './privileges.ts'

const STDIN_MOST = 1_000_000
const SECONDS_DEFAULT = 60
const OUTPUT_DEFAULT = 65_536

export const veExecInput = z.object({
  /** Program and arguments: no shell takes them apart. They are kept with the operation: secrets go through stdin. */
  command: commandLine,
  environment: z.optional(environment),
  stdin: z.optional(z.string().check(z.maxLength(STDIN_MOST, 'At most 1,000,000 characters.'))),
  /** After which it is killed. Default 60. */
  timeoutSeconds: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(1, 'At least 1.'), z.lte(EXEC_SECONDS_MOST, `At most ${EXEC_SECONDS_MOST}.`)),
  ),
  /** Of each of stdout and stderr; what is beyond is thrown away. Default 65536. */
  outputBytes: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(0, 'At least 0.'), z.lte(EXEC_OUTPUT_MOST, `At most ${EXEC_OUTPUT_MOST}.`)),
  ),
})
export type VeExecInput = z.infer<typeof veExecInput>

/** Throws `not-found`, `forbidden`, `ve-state-forbids`, `ve-suspended`. */
export function execInVe(
  viewer: Viewer,
  id: string,
  input: VeExecInput,
  tx?: Db,
): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:console', tx, async ({ on, ve, about }) => {
    refuseHostRoot(viewer, 've:console', { ...ve, namespaces: ve.namespaces as VeNamespace[] })
    const { command, stdin } = input
    const [program = ''] = command
    await recordAudit(on, { ...about, action: 've-exec', subject: ve.name, details: { command } })
    return enqueueOperation(on, {
      type: 've-exec',
      input: {
        veId: ve.id,
        command,
        environment: input.environment ?? {},
        timeoutSeconds: input.timeoutSeconds ?? SECONDS_DEFAULT,
        outputBytes: input.outputBytes ?? OUTPUT_DEFAULT,
        hasStdin: stdin !== undefined,
      },
      title: `Run ${program.slice(0, 60)} in ${ve.name}`,
      ...about,
      ...(stdin === undefined ? {} : { secret: { stdin } }),
    })
  })
}
