/** Who asked for an operation when nobody did. */
export const BY_ITSELF = { userId: null, name: 'Corral' }
