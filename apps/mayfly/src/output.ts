const writeStdout = process.stdout.write.bind(process.stdout)

/** Results go to stdout, everything else to stderr. */
export const print = (text: string): void => {
  writeStdout(`${text}\n`)
}

/** A task in place that prints does so in this process; stdout is for the result, so its lines go to the log. */
export const keepStdoutForResults = (): void => {
  process.stdout.write = process.stderr.write.bind(process.stderr)
}

/** One document of many, each on a line of its own. */
export const printJsonLine = (value: unknown): void => print(JSON.stringify(value))

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

export const writeError = (text: string): void => {
  process.stderr.write(text)
}

/** A reader that has seen enough (`mayfly runs | head`) is not an error. */
export const endQuietlyOnClosedPipe = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/** Resolves when what was printed has left this process; `process.exit()` would cut it off on a pipe. */
export const flushOutput = async (): Promise<void> => {
  await Promise.all(
    [writeStdout, process.stderr.write.bind(process.stderr)].map(
      (write) => new Promise<void>((resolve) => write('', () => resolve())),
    ),
  )
}
