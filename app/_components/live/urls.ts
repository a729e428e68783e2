/** Addresses that pages fetch from, beside those in lib/paths.ts that people visit. */
export const eventsUrl = '/api/events'
export const runningOperationsUrl = '/operations/running'
export const operationLiveUrl = (id: string, afterLine: number) =>
  `/operations/${encodeURIComponent(id)}/live?after=${afterLine}`
