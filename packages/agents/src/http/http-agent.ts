import type { Agent } from '../agent.ts'
import { HttpAttempt } from './http-attempt.ts'
import { type HttpPorts, systemPorts } from './http-ports.ts'
import type { HttpReference } from './http-reference.ts'

/**
 * An agent that is a model behind an HTTP endpoint, with tools that are bound to the folder it works on. It leaves the
 * artifacts `prompt.md` and `transcript.jsonl`, reports what it uses after each call, and keeps the conversation, so that a
 * later attempt goes on with it.
 *
 * Its runs throw AgentKeyMissingError, AgentKeyRefusedError, AgentOptionError, CostUnknownError, UsageUnknownError,
 * AgentLimitError, ModelCallError, AgentFolderError, or the reason of the context's signal.
 */
export function createHttpAgent(reference: HttpReference, ports: HttpPorts = systemPorts): Agent {
  return {
    name: reference.name,
    run: async (request, context) => {
      using attempt = new HttpAttempt(reference, request, context, ports)
      return await attempt.run()
    },
  }
}
