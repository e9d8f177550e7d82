import {
  createOrchestrator,
  type PromptOptions,
  type RoutingDecision,
  RunFailedError,
} from '@mayfly/orchestrator-entry'

/* An application that uses Mayfly as a library, with every step in its own process. It gets prompts by messages, until it gets SIGTERM. */

export interface Order {
  readonly runId: string
  readonly prompt: string
  readonly options: PromptOptions
  readonly routing: RoutingDecision
}

/** The run has ended and is on record; `refused` says why there is none. */
export interface Delivery {
  readonly runId: string
  readonly refused: string | null
}

const write = (line: string): void => void process.stderr.write(`${line}\n`)
const orchestrator = createOrchestrator({ mode: 'legacy', logger: { info: write, warn: write } })

const execute = async ({ runId, prompt, options, routing }: Order): Promise<void> => {
  const refused = await orchestrator.processUserPrompt(prompt, { ...options, runId }, routing).then(
    () => null,
    (error: unknown) => (error instanceof RunFailedError ? null : String(error)),
  )
  process.send?.({ runId, refused } satisfies Delivery)
}

process.on('message', (message: Order | string) => {
  if (typeof message === 'object') void execute(message)
})
// The probe has let go of the channel; what keeps this process is that it may be asked for more.
process.channel?.ref()
process.once('SIGTERM', () => void orchestrator.cleanup().then(() => process.channel?.unref()))
