import { ask, costOf } from './model-client.mjs'

/* A module agent that calls a model by itself and says what it has used. */
export default async (request, context) => {
  const { url, model } = JSON.parse(request.step.description)
  const body = { model, messages: [{ role: 'user', content: request.instructions ?? request.prompt }] }
  const { choices, usage } = await ask(`${url}/chat/completions`, {}, body)
  const used = {
    input: usage.prompt_tokens,
    cached: usage.prompt_tokens_details.cached_tokens,
    output: usage.completion_tokens,
  }
  context.report({
    ...{ model, inputTokens: used.input, cachedTokens: used.cached, outputTokens: used.output },
    costUsd: costOf(used),
  })
  return choices[0].message.content
}
