export const formatCount = (value: number) => new Intl.NumberFormat('en').format(value)
