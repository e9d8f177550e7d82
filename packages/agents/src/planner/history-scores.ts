import { bulkCommit, type Commit, type History } from './history.ts'
import type { Query } from './query.ts'
import { TermCounter } from './term-counter.ts'

/** What the history says about files; indexes of the inventory. */
export interface HistoryScores {
  /** How often a file was changed. */
  changesOf(file: number): number
  /** How hot a file is beside the hottest one, recent changes counting more: 0 to 1. */
  heatOf(file: number): number
  /** How much earlier commits with a subject like the prompt touched a file: 0 to 1. */
  likenessOf(file: number): number
  /** The subject of the commit most like the prompt that touched a file. */
  subjectOf(file: number): string | undefined
  /** Files that changed together with the given one, and in which share of its changes. */
  companionsOf(file: number): ReadonlyMap<number, number>
}

/** After so many commits a change counts half. */
const halfLife = 200
/** A subject that shares less with the prompt than this says nothing. */
const leastLikeness = 0.15
/** Two files that changed together once may have done so by chance. */
const leastTogether = 2
/** Added to a file's changes, so that two of two is no certainty. */
const doubt = 3

/** Prepares what the history says for one query. */
export function scoreHistory(history: History, query: Query): HistoryScores {
  const commits = history.kind === 'known' ? history.commits.filter(({ touched }) => touched <= bulkCommit) : []
  const changes = new Map<number, number>()
  const heat = new Map<number, number>()
  for (const [age, { files }] of commits.entries()) {
    for (const file of files) {
      add(changes, file, 1)
      add(heat, file, 0.5 ** (age / halfLife))
    }
  }
  const likeness = scoreLikeness(commits, query)
  const hottest = [...heat.values()].reduce((most, each) => Math.max(most, each), 0)
  return {
    changesOf: (file) => changes.get(file) ?? 0,
    heatOf: (file) => (hottest === 0 ? 0 : Math.log1p(heat.get(file) ?? 0) / Math.log1p(hottest)),
    likenessOf: (file) => likeness.get(file)?.score ?? 0,
    subjectOf: (file) => likeness.get(file)?.subject,
    companionsOf: (file) => companions(commits, file),
  }
}

interface Likeness {
  score: number
  best: number
  subject: string
}

function scoreLikeness(commits: readonly Commit[], query: Query): ReadonlyMap<number, Likeness> {
  const found = new Map<number, Likeness>()
  for (const [age, { likeness, commit }] of compareSubjects(commits, query).entries()) {
    if (likeness < leastLikeness) continue
    const share = (likeness ** 2 / (1 + Math.log(commit.touched))) * (0.5 + 0.5 ** (1 + age / halfLife))
    for (const file of commit.files) {
      const known = found.get(file) ?? { score: 0, best: 0, subject: '' }
      known.score += share
      if (likeness > known.best) Object.assign(known, { best: likeness, subject: commit.subject })
      found.set(file, known)
    }
  }
  // Bounded by the likeness of the best subject: a weak resemblance stays weak when it is the only one.
  const highest = [...found.values()].reduce((most, { score }) => Math.max(most, score), 0)
  const ceiling = [...found.values()].reduce((most, { best }) => Math.max(most, best), 0)
  for (const known of found.values()) known.score = (known.score / highest) * ceiling
  return found
}

/** The share of the prompt's weight that each subject says, a word weighing more the fewer subjects say it. */
function compareSubjects(
  commits: readonly Commit[],
  query: Query,
): readonly { readonly commit: Commit; readonly likeness: number }[] {
  const counted = commits.map(({ subject }) => countSubject(subject, query))
  const frequency = new Array<number>(query.terms.length).fill(0)
  for (const counts of counted) for (const { term } of counts) frequency[term] = (frequency[term] ?? 0) + 1
  const worth = query.terms.map(({ key, weight }, term) => {
    // A pair is found in an identifier only; in a sentence its two words are counted already.
    return key.includes(' ') ? 0 : weight * Math.log(1 + commits.length / (1 + (frequency[term] ?? 0)))
  })
  const total = worth.reduce((sum, each) => sum + each, 0)
  return commits.map((commit, index) => {
    const said = (counted[index] ?? []).reduce(
      (sum, { term, count }) => sum + (worth[term] ?? 0) * Math.min(1, count),
      0,
    )
    return { commit, likeness: total === 0 ? 0 : said / total }
  })
}

function countSubject(subject: string, query: Query): readonly { readonly term: number; readonly count: number }[] {
  const counter = new TermCounter(query)
  counter.add(subject)
  return counter.counts()
}

function companions(commits: readonly Commit[], file: number): ReadonlyMap<number, number> {
  const together = new Map<number, number>()
  let changes = 0
  for (const { files } of commits) {
    if (!files.includes(file)) continue
    changes += 1
    for (const other of files) if (other !== file) add(together, other, 1)
  }
  const often = [...together].filter(([, count]) => count >= leastTogether)
  return new Map(often.map(([other, count]) => [other, count / (changes + doubt)]))
}

function add(counts: Map<number, number>, key: number, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount)
}
