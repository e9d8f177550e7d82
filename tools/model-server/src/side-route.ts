import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from './deliver.ts'

/** What clients ask beside the model: whether the server is there, which models it has, how long a prompt is. */
export function answerSideRoute(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (request.method === 'HEAD') response.writeHead(200).end()
  else if (request.method === 'GET' && /\/models$/.test(path))
    sendJson(response, 200, { object: 'list', data: [], models: [] })
  else if (/\/count_tokens$/.test(path)) sendJson(response, 200, { input_tokens: 1_200 })
  else if (/:countTokens$/.test(path)) sendJson(response, 200, { totalTokens: 1_200 })
  else sendJson(response, 404, { error: { type: 'not_found_error', message: `Nothing is served at ${path}` } })
}
