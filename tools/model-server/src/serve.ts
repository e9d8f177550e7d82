import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type ModelServerOptions, startModelServer } from './model-server.ts'
import { scriptSchema } from './script.ts'

/* `node tools/model-server/src/serve.ts [--port N] [--config file.json]`. Prints `{"port":…,"url":…}` when it is ready. */

const scriptLike = z.union([z.string(), scriptSchema])
const price = z.strictObject({ input: z.number(), cached: z.number().optional(), output: z.number() })
const configSchema = z.strictObject({
  scripts: z.record(z.string(), scriptLike).optional(),
  fallback: scriptLike.optional(),
  apiKeys: z.array(z.string()).optional(),
  prices: z.record(z.string(), price).optional(),
  keep: z.int().positive().optional(),
})

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, config: { type: 'string' } } })
const port = z.coerce.number().int().min(0).max(65_535).parse(values.port)
const config = values.config === undefined ? {} : configSchema.parse(JSON.parse(await readFile(values.config, 'utf8')))

const server = await startModelServer({ ...(config as ModelServerOptions), port })
process.stdout.write(`${JSON.stringify({ port: server.port, url: server.url })}\n`)
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
await server.close()
