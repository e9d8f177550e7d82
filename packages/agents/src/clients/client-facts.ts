import type { EnvironmentNeeds } from '../process/program-environment.ts'
import type { ClientName } from './client-name.ts'

/** What is to be known of a client before anything of it is loaded. */
export interface ClientFacts {
  readonly description: string
  readonly executable: string
  /** Variables that the client sets in whatever it starts: where one is set, this runs inside that client. */
  readonly insideVariables: readonly string[]
  readonly environment: EnvironmentNeeds
  /** Whether it says what its work has cost. */
  readonly reportsCost: boolean
  /** When it says how many tokens its work has used. */
  readonly tellsTokens: 'at once' | 'in the end' | 'never'
}

/** What was measured with the versions that `docs/agents.md` names. */
export const clientFacts: Readonly<Record<ClientName, ClientFacts>> = {
  claude: {
    description: 'Claude Code',
    executable: 'claude',
    insideVariables: ['CLAUDECODE'],
    environment: {
      fixed: {
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_TELEMETRY: '1',
        DISABLE_ERROR_REPORTING: '1',
        DISABLE_AUTOUPDATER: '1',
      },
      passed: [
        'ANTHROPIC_BASE_URL',
        'ANTHROPIC_MODEL',
        'CLAUDE_CONFIG_DIR',
        'CLAUDE_CODE_MAX_RETRIES',
        'API_TIMEOUT_MS',
        'CLAUDE_CODE_SUBPROCESS_ENV_SCRUB',
        'IS_SANDBOX',
      ],
      secret: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
    },
    reportsCost: true,
    tellsTokens: 'at once',
  },
  codex: {
    description: 'Codex',
    executable: 'codex',
    insideVariables: ['CODEX_SANDBOX', 'CODEX_SANDBOX_NETWORK_DISABLED', 'CODEX_THREAD_ID'],
    environment: {
      fixed: {},
      passed: ['CODEX_HOME', 'MAYFLY_CODEX_BASE_URL'],
      secret: ['CODEX_API_KEY', 'OPENAI_API_KEY'],
    },
    reportsCost: false,
    tellsTokens: 'in the end',
  },
  gemini: {
    description: 'Gemini CLI',
    executable: 'gemini',
    insideVariables: ['GEMINI_CLI'],
    environment: {
      // Relaunched, it does not hear a signal to its first process.
      fixed: { GEMINI_TELEMETRY_ENABLED: 'false', GEMINI_CLI_NO_RELAUNCH: 'true' },
      passed: [
        'GOOGLE_GEMINI_BASE_URL',
        'GEMINI_MODEL',
        'GOOGLE_GENAI_USE_VERTEXAI',
        'GOOGLE_GENAI_USE_GCA',
        'GOOGLE_CLOUD_PROJECT',
        'GOOGLE_CLOUD_LOCATION',
        'GOOGLE_APPLICATION_CREDENTIALS',
      ],
      secret: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    },
    reportsCost: false,
    tellsTokens: 'in the end',
  },
  opencode: {
    description: 'opencode',
    executable: 'opencode',
    insideVariables: ['OPENCODE'],
    environment: {
      fixed: {
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_SHARE: '1',
        // A repository is data: its opencode.json could name commands and wider permissions.
        OPENCODE_DISABLE_PROJECT_CONFIG: '1',
      },
      passed: [
        'OPENCODE_CONFIG',
        'OPENCODE_CONFIG_DIR',
        'OPENCODE_DISABLE_MODELS_FETCH',
        'OPENCODE_DISABLE_DEFAULT_PLUGINS',
      ],
      // The configuration may hold keys.
      secret: ['OPENCODE_API_KEY', 'OPENCODE_CONFIG_CONTENT'],
    },
    reportsCost: true,
    tellsTokens: 'at once',
  },
  qwen: {
    description: 'Qwen Code',
    executable: 'qwen',
    insideVariables: ['QWEN_CODE'],
    environment: {
      fixed: { QWEN_TELEMETRY_ENABLED: 'false', QWEN_USAGE_STATISTICS_ENABLED: 'false', QWEN_CODE_NO_RELAUNCH: 'true' },
      passed: ['OPENAI_BASE_URL', 'OPENAI_MODEL'],
      secret: ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY'],
    },
    reportsCost: false,
    tellsTokens: 'in the end',
  },
  'cursor-agent': {
    description: 'Cursor Agent',
    executable: 'cursor-agent',
    insideVariables: ['CURSOR_AGENT'],
    environment: { fixed: {}, passed: ['CURSOR_CONFIG_DIR'], secret: ['CURSOR_API_KEY'] },
    reportsCost: false,
    tellsTokens: 'never',
  },
}

/** Which keys opencode needs depends on whose model it is asked for (`anthropic/…`). */
const providerKeys: Readonly<Record<string, readonly string[]>> = {
  anthropic: ['ANTHROPIC_API_KEY'],
  openai: ['OPENAI_API_KEY'],
  google: ['GOOGLE_GENERATIVE_AI_API_KEY', 'GEMINI_API_KEY'],
  openrouter: ['OPENROUTER_API_KEY'],
}

/** @param model decides which keys a client of many providers gets. */
export function clientEnvironment(client: ClientName, model: string | undefined): EnvironmentNeeds {
  const { environment } = clientFacts[client]
  if (client !== 'opencode') return environment
  const keys = providerKeys[model?.split('/')[0] ?? ''] ?? []
  return { ...environment, secret: [...environment.secret, ...keys] }
}
