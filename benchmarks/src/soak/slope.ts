export interface Point {
  readonly x: number
  readonly y: number
}

/** Of the straight line that comes nearest to all of them; 0 for fewer than two. */
export const slopeOf = (points: readonly Point[]): number => {
  if (points.length < 2) return 0
  const meanX = mean(points.map(({ x }) => x))
  const meanY = mean(points.map(({ y }) => y))
  const together = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  const alone = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
  return alone === 0 ? 0 : together / alone
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
