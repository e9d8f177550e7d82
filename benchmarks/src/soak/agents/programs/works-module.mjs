/* A module agent that keeps what it has done, and fails in the first attempt when it is told to. */
export default async (request, context) => {
  const { failsFirst = false } = JSON.parse(request.step.description ?? '{}')
  context.progress({ phase: 'working' })
  const rows = Array.from({ length: 20_000 }, (_, index) => ({ index, text: `row ${index}` }))
  const done = (context.lastCheckpoint?.done ?? 0) + 1
  context.checkpoint({ done })
  if (failsFirst && done === 1) throw new Error('the first time never works')
  const { name } = await context.artifact('rows.json', JSON.stringify(rows))
  return { summary: `Wrote ${name}`, output: { rows: rows.length } }
}
