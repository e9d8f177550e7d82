import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands where the way to the network would be: a proxy that lets nothing through and remembers what was asked of it. */
export interface Outside extends AsyncDisposable {
  /** Variables that send everything but loopback here. */
  readonly environment: Readonly<Record<string, string>>
  /** `host:port`, or an address. */
  readonly asked: readonly string[]
}

export async function openOutside(): Promise<Outside> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(502).end()
  })
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    // Whoever asked may be gone.
    socket.on('error', () => {})
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const near = '127.0.0.1,localhost'
  return {
    asked,
    environment: { HTTP_PROXY: url, HTTPS_PROXY: url, https_proxy: url, NO_PROXY: near, no_proxy: near },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
