import { z } from 'zod'

/** The format of a workflow file. Loose: keys that are not named here are kept. An empty key counts as absent. */

/** What stands in a list of inputs or outputs. */
export type ParsedArtifact = string | number | boolean | Readonly<Record<string, unknown>>

/** A step as the file has it, except that inputs and outputs are always lists. */
export interface ParsedStep {
  readonly step: number
  readonly name: string
  readonly agent: string
  readonly inputs: readonly ParsedArtifact[]
  readonly outputs: readonly ParsedArtifact[]
  readonly validation?: Record<string, unknown> | null | undefined
  readonly [key: string]: unknown
}

/** A workflow as the file has it. */
export interface ParsedWorkflow {
  readonly name: string
  readonly steps: readonly ParsedStep[]
  readonly [key: string]: unknown
}

const text = z.string().trim().min(1)
const scalar = z.union([z.string(), z.number(), z.boolean()])

/** A whole number or a fraction from 0 on, quoted or not. */
const stepNumber = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,9}(\.\d{1,9})?$/)
        .transform(Number),
    ],
    {
      error: 'expected a number such as 0, 1 or 1.5',
    },
  )
  .refine((number) => number >= 0, 'expected a number from 0 on')

/** `plan.json`, or `plan: plan.json`, or `plan: { … }`. */
const artifact = z.union([scalar, z.record(z.string(), z.unknown())], { error: 'expected text, or a name with a path' })

/** One artifact, a list of them, or a map of names and paths. */
const artifacts = z
  .union([z.array(artifact), artifact], { error: 'expected a list of paths' })
  .nullish()
  .transform((given) => (Array.isArray(given) ? given : given === null || given === undefined ? [] : [given]))

const validation = z.looseObject({ schema: z.string().nullish(), gate: z.string().nullish() })

const step = z.looseObject({
  step: stepNumber,
  name: text,
  agent: text,
  description: z.string().nullish(),
  inputs: artifacts,
  outputs: artifacts,
  type: z.string().nullish(),
  condition: z.union([z.string(), z.boolean()]).nullish(),
  validation: validation.nullish(),
  repeatable: z.boolean().nullish(),
})

const routing = z.looseObject({
  keywords: z.array(text).default([]),
  priority: z.number().default(0),
  complexity: z.enum(['low', 'medium', 'high']).default('medium'),
})

const expectedMap = { error: 'expected a map with name and steps' }

export const workflowSchema: z.ZodType<ParsedWorkflow> = z.looseObject(
  {
    name: text,
    description: z.string().nullish(),
    steps: z.array(step).min(1, 'expected at least one step'),
    routing: routing.nullish(),
  },
  expectedMap,
)
