/**
 * Divides a budget among parts, the most important first. While everything fits, each gets what it needs. Otherwise a part may take
 * the given fraction of what is left at the cost of those after it, and beyond that only what they leave.
 *
 * A larger budget never gives any part less: each part's portion, and what is left after it, grow by 0 or 1 when the budget grows
 * by 1.
 * @param needs whole numbers
 * @param fraction from 0 to 1
 */
export function shareBudget(needs: readonly number[], budget: number, fraction: number): readonly number[] {
  let left = budget
  let later = needs.reduce((sum, need) => sum + need, 0)
  return needs.map((need) => {
    later -= need
    const portion = Math.min(need, Math.max(Math.ceil(left * fraction), left - later))
    left -= portion
    return portion
  })
}
