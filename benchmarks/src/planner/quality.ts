/** How well one ranking found the files of one commit. */
export interface Quality {
  /** Share of the changed files among the first ten. */
  readonly recallAt10: number
  /** 1 divided by the place of the first changed file; 0 when none is ranked. */
  readonly reciprocalRank: number
}

/** Judges a ranking, best first, against the files that were changed. */
export function judge(ranking: readonly string[], changed: readonly string[]): Quality {
  const wanted = new Set(changed)
  const found = ranking.slice(0, 10).filter((path) => wanted.has(path)).length
  const first = ranking.findIndex((path) => wanted.has(path))
  return { recallAt10: found / wanted.size, reciprocalRank: first === -1 ? 0 : 1 / (first + 1) }
}

/** The mean over commits: each counts the same, however many files it changed. */
export function meanQuality(qualities: readonly Quality[]): Quality {
  const mean = (field: keyof Quality): number =>
    qualities.reduce((sum, quality) => sum + quality[field], 0) / Math.max(1, qualities.length)
  return { recallAt10: mean('recallAt10'), reciprocalRank: mean('reciprocalRank') }
}
