/** An agent that comes with this package. */
export interface BuiltinAgent {
  readonly name: string
  readonly description: string
}

/** The agents that are always there, without a network and without a file. */
export const builtinAgents: readonly BuiltinAgent[] = [
  {
    name: 'planner',
    description: 'Takes stock of the repository, ranks the files that matter to the prompt and writes a plan.',
  },
]
