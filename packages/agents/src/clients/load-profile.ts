import { AgentOptionError } from '../agent-errors.ts'
import type { ClientReference } from '../agent-reference.ts'
import type { ClientProfile } from './client-profile.ts'

/** Loads what is known of a client; only then is its code paid for. */
export async function loadProfile({ name, client, generic }: ClientReference): Promise<ClientProfile> {
  switch (client) {
    case 'claude':
      return (await import('./profiles/claude.ts')).claude
    case 'codex':
      return (await import('./profiles/codex.ts')).codex
    case 'gemini':
      return (await import('./profiles/gemini.ts')).gemini
    case 'opencode':
      return (await import('./profiles/opencode.ts')).opencode
    case 'qwen':
      return (await import('./profiles/qwen.ts')).qwen
    case 'cursor-agent':
      return (await import('./profiles/cursor-agent.ts')).cursorAgent
    case 'generic':
      if (generic === undefined) throw new AgentOptionError(name, 'client', 'a generic client needs its description')
      return (await import('./profiles/generic.ts')).createGenericProfile(generic)
  }
}
