import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SupervisorError } from './errors.ts'

/** What runs in a task: an export of a module. Functions do not cross into a worker, so they are named. */
export interface HandlerReference {
  /** An absolute path or a `file:` URL; `import.meta.resolve('some-package')` makes one. */
  readonly module: string
  /** @default 'default' */
  readonly export?: string
}

export interface ResolvedHandler {
  readonly url: string
  readonly exportName: string
}

/** @throws SupervisorError `HANDLER_INVALID` for a function, a relative path or a bare package name. */
export const resolveHandler = (handler: unknown): ResolvedHandler => {
  if (typeof handler === 'function') {
    throw invalid('a function', 'a function cannot cross into a worker; export it from a module')
  }
  const { module, export: exportName = 'default' } = (handler ?? {}) as Partial<HandlerReference>
  if (typeof module !== 'string' || typeof exportName !== 'string') {
    throw invalid(JSON.stringify(handler) ?? String(handler), 'name the module and the export to run')
  }
  if (module.startsWith('file:')) return { url: module, exportName }
  if (isAbsolute(module)) return { url: pathToFileURL(module).href, exportName }
  throw invalid(`module "${module}"`, 'resolve it first with import.meta.resolve()')
}

const invalid = (got: string, hint: string): SupervisorError =>
  new SupervisorError(
    'HANDLER_INVALID',
    `Expected a handler { module: absolute path or file: URL, export?: name }, got ${got}; ${hint}.`,
  )
