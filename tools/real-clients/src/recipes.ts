import type { Intent, Price } from '@mayfly/model-server'
import type { ClientName } from './client-name.ts'

/** Where the trial's server is, and the key that it takes. */
export interface Endpoint {
  /** Without a path. */
  readonly url: string
  readonly key: string
}

/** How a person points a client at an endpoint of their own (docs/agents.md), and what its model may ask it to do. */
export interface Recipe {
  readonly model: string
  /** What the server asks for it; only of clients that say what their work costs. */
  readonly price?: Price
  environment(endpoint: Endpoint): Readonly<Record<string, string>>
  /** By path below the home folder. */
  files?(endpoint: Endpoint): Readonly<Record<string, string>>
  /** Settings of a person who lets the client do more than Mayfly does. By path below the home folder. */
  wideSettings?(home: string): Readonly<Record<string, string>>
  /** A call of the client's own tool for files, whether it is offered or not. The path is absolute. */
  write(path: string, content: string): Intent
  /** Likewise of its tool for commands. */
  run(command: string): Intent
  /** Whether commands run under `edit`: in the client's own sandbox. */
  readonly sandboxesCommands: boolean
  /** A failure of the server that ends the client at once, with this beside its environment; null: none is known. */
  readonly quickFailure: { readonly script: string; readonly environment: Readonly<Record<string, string>> } | null
  /** Whether a call that was cut short is in the count of a later one that takes its session up. */
  readonly countsCutShort: boolean
  /** What it asks the network for although it is told to be quiet: hosts that the trials have seen. */
  readonly asksOutside: RegExp | null
  /** Whether it tells its tokens while it works, and not only with its result. */
  readonly tellsTokensAtOnce: boolean
}

const anthropicPrice: Price = { input: 3, cached: 0.3, output: 15 }

export const recipes: Readonly<Record<ClientName, Recipe>> = {
  claude: {
    model: 'claude-sonnet-4-5',
    price: anthropicPrice,
    environment: ({ url, key }) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }),
    wideSettings: (home) => ({
      '.claude/settings.json': JSON.stringify({
        permissions: { allow: ['Bash', 'Write', 'Edit'], additionalDirectories: [home] },
      }),
    }),
    write: (path, content) => ({ call: 'Write', input: { file_path: path, content } }),
    run: (command) => ({ call: 'Bash', input: { command, description: 'A scripted command' } }),
    sandboxesCommands: false,
    quickFailure: { script: '500', environment: { CLAUDE_CODE_MAX_RETRIES: '0' } },
    countsCutShort: true,
    asksOutside: null,
    tellsTokensAtOnce: true,
  },
  codex: {
    model: 'gpt-5',
    environment: ({ url, key }) => ({ MAYFLY_CODEX_BASE_URL: `${url}/v1`, CODEX_API_KEY: key }),
    wideSettings: (home) => ({
      '.codex/config.toml': `
sandbox_mode = "danger-full-access"
[sandbox_workspace_write]
network_access = true
writable_roots = [${JSON.stringify(home)}]
[shell_environment_policy]
ignore_default_excludes = true
`,
    }),
    // It has no other tool for files that every model is offered.
    write: (path, content) => ({ run: `printf %s ${quote(content)} > ${quote(path)}` }),
    run: (command) => ({ run: command }),
    sandboxesCommands: true,
    quickFailure: { script: '429', environment: {} },
    countsCutShort: true,
    asksOutside: null,
    tellsTokensAtOnce: false,
  },
  gemini: {
    model: 'gemini-2.5-flash',
    environment: ({ url, key }) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key }),
    files: () => ({
      '.gemini/settings.json': JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } } }),
    }),
    write: (path, content) => ({ call: 'write_file', input: { file_path: path, content } }),
    run: (command) => ({ call: 'run_shell_command', input: { command } }),
    sandboxesCommands: false,
    quickFailure: null,
    countsCutShort: false,
    asksOutside: null,
    tellsTokensAtOnce: false,
  },
  opencode: {
    model: 'mine/scripted',
    price: { input: 1, cached: 0.1, output: 5 },
    environment: ({ url, key }) => ({ OPENCODE_CONFIG_CONTENT: JSON.stringify(openCodeSettings(url, key)) }),
    write: (path, content) => ({ call: 'write', input: { filePath: path, content } }),
    run: (command) => ({ call: 'bash', input: { command, description: 'A scripted command' } }),
    sandboxesCommands: false,
    quickFailure: null,
    countsCutShort: true,
    // Its models, and the package registry that this machine uses.
    asksOutside: /^(models\.opencode\.ai|registry\.[^:]+):443$/,
    tellsTokensAtOnce: true,
  },
  qwen: {
    model: 'scripted',
    environment: ({ url, key }) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: 'scripted' }),
    wideSettings: () => ({
      '.qwen/settings.json': JSON.stringify({
        permissions: { allow: ['Bash', 'Edit', 'WriteFile'] },
        tools: { approvalMode: 'yolo' },
      }),
    }),
    write: (path, content) => ({ call: 'write_file', input: { file_path: path, content } }),
    run: (command) => ({ call: 'run_shell_command', input: { command } }),
    sandboxesCommands: false,
    quickFailure: null,
    countsCutShort: true,
    asksOutside: null,
    tellsTokensAtOnce: false,
  },
}

function openCodeSettings(url: string, apiKey: string): object {
  const model = { name: 'Scripted', tool_call: true, cost: { input: 1, cache_read: 0.1, output: 5 } }
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    name: 'Mine',
    options: { baseURL: `${url}/v1`, apiKey },
    models: { scripted: model },
  }
  return { small_model: 'mine/scripted', provider: { mine: provider } }
}

/** For a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
