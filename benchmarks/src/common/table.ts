/** A Markdown table whose columns also line up in a terminal; the first column is text, the others are numbers. */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const [header = [], ...body] = rows
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => pad(text, column, widths)).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n')
}

const pad = (text: string, column: number, widths: readonly number[]): string =>
  column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
