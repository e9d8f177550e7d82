import { type Facts, findMentioned, scoreFiles } from './base-scores.ts'
import type { Findings } from './findings.ts'
import { bestOf, type Gift, spreadScores } from './spread.ts'
import { scoreStructure } from './structure-scores.ts'

/** The files that matter most. */
export interface Ranking {
  /** `prompt`: files were found that have to do with the prompt. `structure`: none were, and the ways in are listed. */
  readonly basis: 'prompt' | 'structure'
  /** Best first. */
  readonly files: readonly RankedFile[]
  /** Scores at least this share of the best one's are called relevant. */
  readonly relevant: number
}

/** A file with its place. */
export interface RankedFile {
  /** Index in the inventory. */
  readonly file: number
  /** 1 for the best. */
  readonly score: number
  /** What it is called in the structure; undefined where the prompt was the basis. */
  readonly role: string | undefined
  readonly mentioned: boolean
  readonly gifts: readonly Gift[]
}

/** A file with less than this share of the best score is listed, and not counted as one that the work touches. */
const relevantShare = 0.35
/** A gift smaller than this is not worth a line. */
const leastGift = 0.02

/** Ranks files for a prompt; equal scores stand in the order of their paths. */
export function rankFiles(findings: Findings, most: number): Ranking {
  const base = scoreFiles(findings.facts, findings.query, findings.history)
  if (!base.some((score) => score > 0)) return rankByStructure(findings, most)
  const gifts = spreadScores(base, findings.links, findings.history)
  const scores = base.map((score, file) => score + sumOf(findings.facts[file] && gifts.get(file)))
  const mentioned = findMentioned(findings.facts, findings.query)
  const files = bestFirst(scores, findings.facts, most).map((file) => ({
    file,
    score: scores[file] ?? 0,
    role: undefined,
    mentioned: mentioned.has(file),
    gifts: (gifts.get(file) ?? []).filter(({ amount }) => amount >= leastGift),
  }))
  return finish('prompt', files)
}

function rankByStructure(findings: Findings, most: number): Ranking {
  const roles = scoreStructure(findings)
  const scores = findings.facts.map((_, file) => roles.get(file)?.score ?? 0)
  const files = bestFirst(scores, findings.facts, most).map((file) => ({
    file,
    score: scores[file] ?? 0,
    role: roles.get(file)?.role,
    mentioned: false,
    gifts: [],
  }))
  return finish('structure', files)
}

/** The order of the inventory is that of the walk; a tie is broken by the path itself. */
function bestFirst(scores: readonly number[], facts: Facts, most: number): readonly number[] {
  const pathOf = (file: number): string => facts[file]?.path ?? ''
  return [...bestOf(scores, scores.length)]
    .sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || (pathOf(one) < pathOf(other) ? -1 : 1))
    .slice(0, most)
}

function finish(basis: Ranking['basis'], files: readonly RankedFile[]): Ranking {
  const highest = files[0]?.score ?? 1
  const relative = files.map((file) => ({ ...file, score: file.score / highest }))
  return { basis, files: relative, relevant: relative.filter(({ score }) => score >= relevantShare).length }
}

function sumOf(gifts: readonly Gift[] | undefined): number {
  return (gifts ?? []).reduce((sum, { amount }) => sum + amount, 0)
}
