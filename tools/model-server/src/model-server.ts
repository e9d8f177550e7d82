import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { ControlRoutes } from './control-routes.ts'
import { type Delivery, retryHeaders, sendGarbage, sendHalf, sendJson, sendWhole } from './deliver.ts'
import { type Exchange, ExchangeLog } from './exchange.ts'
import { type Ending, type Ledger, LedgerBook, type Price } from './ledger.ts'
import type { ModelRequest } from './model-request.ts'
import { anthropic } from './protocols/anthropic.ts'
import { gemini } from './protocols/gemini.ts'
import { openaiChat } from './protocols/openai-chat.ts'
import { openaiResponses } from './protocols/openai-responses.ts'
import type { Protocol } from './protocols/protocol.ts'
import { composeReply } from './reply.ts'
import type { Fault, Script } from './script.ts'
import { ScriptChoice, type ScriptLike } from './script-choice.ts'
import { answerSideRoute } from './side-route.ts'

export interface ModelServerOptions {
  /** @default 0: a free one */
  readonly port?: number
  /** By model. @default none: a model's name may say its script (see `parseScriptName`) */
  readonly scripts?: Readonly<Record<string, ScriptLike>>
  /** For models that no script is known for. @default 'plain' */
  readonly fallback?: ScriptLike
  /** Keys that are good; any other gets a 401. @default every key is good */
  readonly apiKeys?: readonly string[]
  /** By model. @default none: what is served costs nothing */
  readonly prices?: Readonly<Record<string, Price>>
  /** How many exchanges are kept with headers and body. @default 1000 */
  readonly keep?: number
}

/** A model server that stands on 127.0.0.1 until it is closed. */
export interface ModelServer extends AsyncDisposable {
  readonly port: number
  /** Without a path: `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Scripts for the next requests, one each, before any other choice. */
  enqueue(...scripts: ScriptLike[]): void
  ledger(): Ledger
  /** The latest exchanges, oldest first. */
  exchanges(): readonly Exchange[]
  /** The first exchange, past or to come, that meets a condition. */
  exchange(isMet: (exchange: Exchange) => boolean): Promise<Exchange>
  /** Ends every connection, hanging ones included. */
  close(): Promise<void>
}

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const desk = new ModelDesk(options)
  const server = createServer((request, response) => void desk.answer(request, response))
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> => closeServer(server)
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    enqueue: (...scripts) => desk.choice.enqueue(scripts),
    ledger: () => desk.book.read(),
    exchanges: () => desk.log.list(),
    exchange: (isMet) => desk.log.find(isMet),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

const protocols: readonly Protocol[] = [anthropic, openaiChat, openaiResponses, gemini]

class ModelDesk {
  readonly choice: ScriptChoice
  readonly book: LedgerBook
  readonly log: ExchangeLog
  readonly #control: ControlRoutes
  readonly #apiKeys: readonly string[] | undefined
  #serial = 0

  constructor(options: ModelServerOptions) {
    this.choice = new ScriptChoice(options.scripts ?? {}, options.fallback ?? 'plain')
    this.book = new LedgerBook(options.prices ?? {})
    this.log = new ExchangeLog(options.keep ?? 1_000)
    this.#apiKeys = options.apiKeys
    this.#control = new ControlRoutes(this)
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname
    const protocol = request.method === 'POST' ? protocols.find((one) => one.speaksAt(path)) : undefined
    const body: unknown = request.method === 'POST' ? await json(request).catch(() => null) : null
    if (this.#control.answer(request, response, path, body)) return
    if (protocol === undefined) answerSideRoute(request, response, path)
    else await this.#answerModel(protocol, { request, response, path, body })
  }

  async #answerModel(protocol: Protocol, call: Call): Promise<void> {
    const account = this.#open(protocol, call)
    try {
      await this.#follow(protocol, call, account)
    } catch (error) {
      // A body that is not of the protocol, a script that is none: the client is told what a provider would tell it.
      account.end('refused', 400)
      sendJson(call.response, 400, protocol.failure(400, String(error)))
    }
  }

  async #follow(protocol: Protocol, call: Call, account: Account): Promise<void> {
    const request = protocol.read(call.body, call.path)
    const conversation = hash([apiKeyOf(call.request), request.model, request.firstText])
    account.note({ model: request.model, conversation })
    if (this.#apiKeys?.includes(apiKeyOf(call.request)) === false) return refuse(protocol, call, account, wrongKey)
    const script = this.choice.choose(call.request.headers['x-model-script'] as string | undefined, request.model)
    const fault = this.choice.takeFault(script, conversation) ?? null
    account.note({ fault })
    if (fault?.kind === 'status') return refuse(protocol, call, account, fault)
    await this.#serve(protocol, call, account, { request, script, fault })
  }

  async #serve(protocol: Protocol, { response }: Call, account: Account, plan: Plan): Promise<void> {
    if (plan.fault?.kind === 'hang') return
    if (plan.fault?.kind === 'garbage') {
      account.end('refused', 200)
      return sendGarbage(response)
    }
    const reply = composeReply(plan.script, plan.request, account.serial)
    const delivery = toDelivery(protocol, plan, reply)
    account.note({ status: 200, usage: reply.usage })
    if (plan.fault === null) return await sendWhole(response, delivery, () => account.end('served', 200))
    await sendHalf(response, delivery)
    if (plan.fault.kind !== 'cut') return account.note({ isHalfSent: true })
    account.end('cut', 200)
    response.destroy()
  }

  #open(protocol: Protocol, { request, response, path, body }: Call): Account {
    this.#serial += 1
    const empty = {
      model: '',
      conversation: '',
      fault: null,
      status: null,
      ending: 'open',
      usage: null,
      isHalfSent: false,
    } as const
    const opened = { serial: this.#serial, protocol: protocol.name, path, headers: request.headers, body, ...empty }
    const account = new Account(opened, this.book, this.log)
    response.once('close', () => account.end('left', null))
    return account
  }
}

interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly body: unknown
}

interface Plan {
  readonly request: ModelRequest
  readonly script: Script
  readonly fault: Fault | null
}

/** Keeps log and ledger of one exchange in step; the first end counts. */
class Account {
  #exchange: Exchange
  readonly #book: LedgerBook
  readonly #log: ExchangeLog

  constructor(exchange: Exchange, book: LedgerBook, log: ExchangeLog) {
    this.#exchange = exchange
    this.#book = book
    this.#log = log
    book.begin()
    log.put(exchange)
  }

  get serial(): number {
    return this.#exchange.serial
  }

  note(facts: Partial<Exchange>): void {
    this.#exchange = { ...this.#exchange, ...facts }
    this.#log.put(this.#exchange)
  }

  end(ending: Ending, status: number | null): void {
    if (this.#exchange.ending !== 'open') return
    this.#book.end(ending, this.#exchange.model, this.#exchange.usage)
    this.note({ ending, status: status ?? this.#exchange.status })
  }
}

const wrongKey: Fault = { kind: 'status', status: 401, retryAfter: null, times: null }

function refuse(protocol: Protocol, { response }: Call, account: Account, fault: Fault): void {
  const status = fault.kind === 'status' ? fault.status : 500
  account.end('refused', status)
  sendJson(response, status, protocol.failure(status, `Scripted failure ${status}`), retryHeaders(fault))
}

function toDelivery(protocol: Protocol, { request, script }: Plan, reply: ReturnType<typeof composeReply>): Delivery {
  if (request.isStreamed) {
    return { contentType: 'text/event-stream', pieces: protocol.events(reply, request), paceMs: script.paceMs }
  }
  const text = JSON.stringify(protocol.whole(reply))
  const middle = Math.floor(text.length / 2)
  return { contentType: 'application/json', pieces: [text.slice(0, middle), text.slice(middle)], paceMs: script.paceMs }
}

function apiKeyOf({ headers }: IncomingMessage): string {
  const given = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization ?? ''
  return String(given).replace(/^Bearer /, '')
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
