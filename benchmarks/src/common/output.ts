import { mkdir, writeFile } from 'node:fs/promises'
import { renderReport } from './render.ts'
import type { Report } from './report.ts'

const resultsFolder = new URL('../../results/', import.meta.url)

/** stdout carries the report, stderr how far it is. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

export const printProgress = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Writes `<name>.json` and the tables made of it, and prints one of the two. */
export const publish = async (report: Report, asJson: boolean): Promise<void> => {
  const json = JSON.stringify(report, null, 2)
  const tables = renderReport(JSON.parse(json) as Report)
  await mkdir(resultsFolder, { recursive: true })
  await writeFile(new URL(`${report.name}.json`, resultsFolder), `${json}\n`)
  await writeFile(new URL(`${report.name}.md`, resultsFolder), `${tables}\n`)
  print(asJson ? json : tables)
}
