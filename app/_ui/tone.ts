/** The only meanings that colour may have. */
export type Tone = 'neutral' | 'positive' | 'caution' | 'danger' | 'busy'
