import { z } from 'zod'
import type { Plan } from './plan.ts'

const texts = z.array(z.string())
const count = z.int().nonnegative()
const share = z.number().min(0).max(1)

const reason = z.strictObject({
  kind: z.enum([
    'mention',
    'structure',
    'path',
    'symbol',
    'content',
    'imports',
    'imported-by',
    'test-of',
    'tested-by',
    'changed-with',
    'beside',
    'subject',
    'history',
  ]),
  text: z.string().min(1),
  words: texts,
  files: texts,
})

const file = z.strictObject({
  rank: z.int().positive(),
  path: z.string().min(1),
  kind: z.enum(['source', 'test', 'document', 'configuration', 'data']),
  score: share,
  relevant: z.boolean(),
  reasons: z.array(reason).min(1),
  symbols: texts,
  tests: texts,
  importers: count,
  changes: count,
})

const step = z.strictObject({
  number: z.int().positive(),
  kind: z.enum(['clarify', 'read', 'reproduce', 'change', 'check', 'test', 'document', 'run']),
  title: z.string().min(1),
  details: texts,
  files: texts,
  commands: texts,
})

const risk = z.strictObject({
  kind: z.enum(['no-match', 'untested', 'hot', 'dependents', 'skipped', 'partial', 'history', 'spread']),
  text: z.string().min(1),
  files: texts,
})

const statistics = z.strictObject({
  seen: count,
  read: count,
  bytes: count,
  truncated: count,
  pathOnly: count,
  skipped: z.record(z.string(), z.strictObject({ count: z.int().positive(), examples: texts })),
  commits: count.nullable(),
  historyNote: z.string().nullable(),
})

const milliseconds = z.number().nonnegative()

/** The form of `plan-<runId>.json`. Strict: a field that it does not know is a mistake. */
export const planSchema: z.ZodType<Plan> = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  prompt: z.strictObject({
    text: z.string().max(2_000),
    characters: count,
    truncated: z.boolean(),
    words: texts.max(40),
  }),
  basis: z.enum(['prompt', 'structure']),
  summary: z.string().min(1),
  files: z.array(file),
  steps: z.array(step).min(1),
  risks: z.array(risk),
  complexity: z.strictObject({ score: share, label: z.enum(['low', 'medium', 'high']), reasons: texts.min(1) }),
  statistics,
  timings: z.strictObject({
    inventoryMs: milliseconds,
    readingMs: milliseconds,
    historyMs: milliseconds,
    rankingMs: milliseconds,
    totalMs: milliseconds,
  }),
})

export type { Plan } from './plan.ts'
