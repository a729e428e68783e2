import * as z from 'zod/mini'
import { commandLine, environment } from '../../contract/ve-application.ts'
import { defineOperation } from '../definition.ts'

export const EXEC_SECONDS_MOST = 3600
/** Of each of stdout and stderr: it is kept with the operation. */
export const EXEC_OUTPUT_MOST = 262_144

/** Runs one command as root in a running VE. Takes no turn: the VE may be stopped meanwhile. `hasStdin`: input is sealed apart. */
export const veExec = defineOperation({
  type: 've-exec',
  label: 'Run a command',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    command: commandLine,
    environment,
    timeoutSeconds: z.int().check(z.gte(1), z.lte(EXEC_SECONDS_MOST)),
    outputBytes: z.int().check(z.gte(0), z.lte(EXEC_OUTPUT_MOST)),
    hasStdin: z.boolean(),
  }),
  permission: 've:console',
  ve: { from: ['running'], during: null, evenSuspended: false },
  alongside: true,
  cancellable: false,
  deadlineSeconds: EXEC_SECONDS_MOST + 60,
  steps: [{ name: 'run', label: 'Run it' }],
})
