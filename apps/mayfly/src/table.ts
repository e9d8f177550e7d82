/** Columns as wide as their widest cell, two spaces between them. */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export const formatDuration = (milliseconds: number | null): string => {
  if (milliseconds === null) return '-'
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  return milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${(milliseconds / 60_000).toFixed(1)} min`
}

export const formatMegabytes = (megabytes: number | null): string =>
  megabytes === null ? '-' : `${megabytes.toFixed(1)} MB`

/** Without control characters, which could move the cursor of whoever looks. */
export const oneLine = (text: string, length: number): string => {
  const line = text.replace(/\p{Cc}+/gu, ' ').trim()
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}
