import type { ClientName } from './client-name.ts'

/** What to install for a client. */
export interface ClientPackage {
  /** On npm. */
  readonly name: string
  /** The one that the trials were last passed with. */
  readonly version: string
  /** Without its install scripts it does not run. */
  readonly needsScripts: boolean
}

/** The executable has the client's name in each of them. */
export const clientPackages: Readonly<Record<ClientName, ClientPackage>> = {
  claude: { name: '@anthropic-ai/claude-code', version: '2.1.330', needsScripts: true },
  codex: { name: '@openai/codex', version: '0.169.0', needsScripts: false },
  gemini: { name: '@google/gemini-cli', version: '0.61.0', needsScripts: false },
  opencode: { name: 'opencode-ai', version: '1.18.33', needsScripts: true },
  qwen: { name: '@qwen-code/qwen-code', version: '0.24.4', needsScripts: false },
}
