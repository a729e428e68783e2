/** Addresses that pages fetch from, beside those in lib/paths.ts that people visit. */
export const eventsUrl = '/api/events'
export const runningOperationsUrl = '/operations/running'
export const operationLogUrl = (id: string, after: string) =>
  `/operations/${encodeURIComponent(id)}/log?after=${encodeURIComponent(after)}`
