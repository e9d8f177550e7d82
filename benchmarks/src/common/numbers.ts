/** Three significant digits, and no exponent: 0.0123, 12.3, 1234. */
export const formatNumber = (value: number): string => {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 4))
}

export const formatRatio = (ratio: number): string => `${ratio.toFixed(2)}×`
