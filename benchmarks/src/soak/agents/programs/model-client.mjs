import { setTimeout as delay } from 'node:timers/promises'

/* What the programs of the soak share: they speak to the scripted model server themselves, as coding clients do. */

/** US dollars for a million tokens; the scripted server is told the same. */
export const price = { input: 3, cached: 0.5, output: 15 }

export const costOf = ({ input, cached, output }) =>
  ((input - cached) * price.input + cached * price.cached + output * price.output) / 1e6

export const nothing = { input: 0, cached: 0, output: 0 }

export const add = (one, other) => ({
  input: one.input + other.input,
  cached: one.cached + other.cached,
  output: one.output + other.output,
})

export const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

export const readPrompt = async () => {
  const pieces = []
  for await (const piece of process.stdin) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** What follows an option. */
export const optionOf = (name) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

/** Clients are patient: what passes is asked again for ever, what does not is thrown. */
export const ask = async (url, headers, body, onRetry = () => {}) => {
  for (let attempt = 1; ; attempt++) {
    const { answer, status } = await askOnce(url, headers, body)
    if (answer !== undefined) return answer
    onRetry(attempt, status)
    await delay(100)
  }
}

/** Without an answer for what may go better next time; without a status for a connection that was lost. */
const askOnce = async (url, headers, body) => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (response.ok) return { answer: JSON.parse(text) }
    if (response.status >= 429) return { status: response.status }
    throw Object.assign(new Error(`status ${response.status}`), { isFinal: true })
  } catch (error) {
    if (error.isFinal) throw error
    return { status: null }
  }
}
