import { z } from 'zod'
import type { ClientCall, ClientProfile, EventInterpreter } from '../client-profile.ts'
import { byType, on, since } from '../event-handlers.ts'
import type { Permission } from '../permission.ts'

/** Codex 0.169. */
export const codex: ClientProfile = {
  invoke: (call) => ({
    arguments: [
      'exec',
      ...(call.previous === undefined ? [] : ['resume']),
      ...['--json', '--skip-git-repo-check'],
      ...settings(call).flatMap((setting) => ['-c', setting]),
      // Each of them asks the network at start.
      ...['plugins', 'apps', 'remote_plugin'].flatMap((feature) => ['--disable', feature]),
      ...(call.model === undefined ? [] : ['-m', call.model]),
      ...(call.previous === undefined ? [] : [call.previous.sessionId]),
      '-',
    ],
    input: call.instructions,
  }),
  createReader,
}

/** As settings, for `resume` has no option for the sandbox. */
const sandboxes: Readonly<Record<Permission, string>> = {
  read: 'read-only',
  edit: 'workspace-write',
  full: 'danger-full-access',
}

/** Whatever the user's own configuration adds: temporary folders are outside too. */
const onlyWorkspace = [
  'network_access=false',
  'writable_roots=[]',
  'exclude_slash_tmp=true',
  'exclude_tmpdir_env_var=true',
].map((setting) => `sandbox_workspace_write.${setting}`)

function settings(call: ClientCall): readonly string[] {
  return [
    `sandbox_mode="${sandboxes[call.permission]}"`,
    ...onlyWorkspace,
    'approval_policy="never"',
    'analytics.enabled=false',
    'check_for_update_on_startup=false',
    // Commands that the model runs see no variable that is called KEY, SECRET or TOKEN.
    'shell_environment_policy.ignore_default_excludes=false',
    ...endpoint(call),
  ]
}

/** Codex takes no address from its environment: an endpoint is a provider of its settings. */
function endpoint({ environment }: ClientCall): readonly string[] {
  const baseUrl = environment['MAYFLY_CODEX_BASE_URL']
  if (baseUrl === undefined) return []
  const key = environment['CODEX_API_KEY'] === undefined ? 'OPENAI_API_KEY' : 'CODEX_API_KEY'
  const provider = [
    'name="mayfly"',
    `base_url=${JSON.stringify(baseUrl)}`,
    `env_key="${key}"`,
    'wire_api="responses"',
  ].join(',')
  return ['model_provider="mayfly"', `model_providers.mayfly={${provider}}`]
}

const started = z.object({ thread_id: z.string() })

const item = z.object({
  item: z.object({ type: z.string(), text: z.string().optional(), message: z.string().optional() }),
})

const completed = z.object({
  usage: z.object({
    input_tokens: z.number().int().nonnegative(),
    cached_input_tokens: z.number().int().nonnegative().optional(),
    output_tokens: z.number().int().nonnegative(),
  }),
})

const failed = z.object({ error: z.object({ message: z.string() }) })
const noted = z.object({ message: z.string() })

const tools: ReadonlySet<string> = new Set(['command_execution', 'file_change', 'mcp_tool_call', 'web_search'])

function createReader({ previous }: ClientCall): EventInterpreter {
  return byType({
    'thread.started': on(started, (event, tally) => tally.session(event.thread_id)),
    'item.completed': on(item, ({ item: { type, text, message } }, tally) => {
      if (type === 'agent_message') tally.answer(text ?? '')
      if (tools.has(type)) tally.tool(type)
      // A notice, not a failure.
      if (type === 'error') tally.note(message ?? 'an error without a message')
    }),
    'turn.completed': on(completed, ({ usage }, tally) => {
      // Counted over the whole thread, also what was before it was resumed.
      tally.used({
        inputTokens: since(usage.input_tokens, previous?.inputTokens),
        outputTokens: since(usage.output_tokens, previous?.outputTokens),
      })
      if (usage.cached_input_tokens !== undefined) {
        tally.used({ cachedTokens: since(usage.cached_input_tokens, previous?.cachedTokens) })
      }
      tally.finish({ isError: false })
    }),
    'turn.failed': on(failed, ({ error }, tally) => tally.finish({ isError: true, message: error.message })),
    // "Reconnecting... 2/5": not terminal.
    error: on(noted, ({ message }, tally) => tally.note(message)),
  })
}
