import { type Script, type ScriptInput, scriptSchema } from './script.ts'
import { parseScriptName } from './script-name.ts'

/** A script, or the name of one. */
export type ScriptLike = ScriptInput | string

/** A name says no script. */
export class UnknownScriptError extends Error {
  readonly code = 'UNKNOWN_SCRIPT'
  override readonly name = 'UnknownScriptError'

  constructor(name: string) {
    super(
      `No script is named ${JSON.stringify(name)}; there are plain, tool, run, loop, slow, a status, hang, hangmid, cut, garbage`,
    )
  }
}

/** @throws UnknownScriptError for a name that says no script; ZodError for an object that is none. */
export function readScript(given: ScriptLike): Script {
  if (typeof given !== 'string') return scriptSchema.parse(given)
  const script = parseScriptName(given)
  if (script === null) throw new UnknownScriptError(given)
  return script
}

/** Chooses a script for each request: the header's, the queue's next, the model's, the one the model's name says, the fallback. */
export class ScriptChoice {
  readonly #models: ReadonlyMap<string, Script>
  readonly #fallback: Script
  readonly #queue: Script[] = []
  /** How often each conversation has had its fault. Grows by a few bytes with each conversation. */
  readonly #faults = new Map<string, number>()

  constructor(models: Readonly<Record<string, ScriptLike>>, fallback: ScriptLike) {
    this.#models = new Map(Object.entries(models).map(([model, script]) => [model, readScript(script)]))
    this.#fallback = readScript(fallback)
  }

  enqueue(scripts: readonly ScriptLike[]): void {
    this.#queue.push(...scripts.map(readScript))
  }

  choose(header: string | undefined, model: string): Script {
    if (header !== undefined) return readScript(header)
    return this.#queue.shift() ?? this.#models.get(model) ?? parseScriptName(model) ?? this.#fallback
  }

  /** The fault that a request of this conversation is to have; null when it has had all of them. */
  takeFault({ fault }: Script, conversation: string): Script['fault'] | null {
    if (fault === undefined) return null
    const had = this.#faults.get(conversation) ?? 0
    if (fault.times !== null && had >= fault.times) return null
    this.#faults.set(conversation, had + 1)
    return fault
  }
}
