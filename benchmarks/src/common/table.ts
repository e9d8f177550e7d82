/** A Markdown table whose columns also line up in a terminal; the first column is text, the others are numbers or text. */
export const formatTable = (rows: readonly (readonly string[])[], others: 'numbers' | 'text' = 'numbers'): string => {
  const [header = [], ...body] = rows
  const widths = header.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)))
  const isText = (column: number): boolean => column === 0 || others === 'text'
  const pad = (text: string, column: number): string =>
    isText(column) ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n')
}
