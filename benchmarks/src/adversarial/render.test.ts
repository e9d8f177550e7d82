import { expect, test } from 'vitest'
import { exampleAnswer, exampleMatrix, exampleRecord } from './example-matrix.ts'
import { renderMatrix } from './render.ts'
import { renderTap } from './tap.ts'

test('a matrix is rendered as a summary, a table for each group, the declared limits and how it was made', () => {
  expect(renderMatrix(exampleMatrix)).toMatchInlineSnapshot(`
    "# The adversarial matrix

    Every cell is a process of its own: it makes a pool, runs a harmless task, then the dangerous one with a
    time limit, then a harmless one again, looks at what was left behind, closes the pool and leaves. "ms" is the time from the call
    to its caller's answer. **died** is the death of that process, **hang** that it stopped answering, **lost** that its caller
    never got an answer, **late** that it came more than a second after the time limit and the grace. "All as it should be" counts the cells without any of
    the troubles in the columns after it, and with a stall of less than a second.

    | subject       | tasks | all as it should be | survived | died | hang | lost outcome | late | wrong value | next task not fine | could not close | left something | stalled its caller | could not start |
    | ------------- | ----: | ------------------: | -------: | ---: | ---: | -----------: | ---: | ----------: | -----------------: | --------------: | -------------: | -----------------: | --------------: |
    | mayfly-thread |     2 |                   1 |        1 |    1 |    0 |            0 |    0 |           0 |                  0 |               0 |              0 |                  0 |               0 |
    | piscina 5.0.0 |     2 |                   1 |        1 |    1 |    0 |            0 |    0 |           0 |                  0 |               0 |              0 |                  0 |               0 |

    ## Ends

    | task   | what it does    | expected of Mayfly | mayfly-thread       | piscina                      |
    | ------ | --------------- | ------------------ | ------------------- | ---------------------------- |
    | exit-0 | process.exit(0) | exit               | failed exit · 12 ms | error "worker exited" · 9 ms |

    ## Native calls and crashes

    | task         | what it does               | expected of Mayfly                            | mayfly-thread    | piscina          |
    | ------------ | -------------------------- | --------------------------------------------- | ---------------- | ---------------- |
    | kill-sigkill | SIGKILL to its own process | thread: exit, may: died; process: exit, error | **died SIGKILL** | **died SIGKILL** |

    ## Declared limits

    - mayfly-thread: a thread shares its process (died): kill-sigkill

    ## What each subject lacks

    - mayfly-thread: This.
    - piscina 5.0.0: That.

    2026-01-02, commit 0123456789, Node v26.0.0, piscina 5.0.0; linux x64, 2 cores (a processor); two cells at a
    time, the last run with seed 7 in 61 s.

    Made by \`pnpm adversarial --write\` out of \`adversarial.json\`."
  `)
})

test('deviations of our tiers stand in front', () => {
  const records = [exampleRecord({ report: { longestStallMs: 5000 } })]
  expect(renderMatrix({ ...exampleMatrix, records })).toContain(
    "## Deviations of Mayfly's tiers\n\n- mayfly-thread, exit-0: undeclared: stall",
  )
})

test('a summary for CI has one test for each of our cells', () => {
  const outcome = exampleAnswer.outcome
  if (outcome === undefined) throw new Error('the example has an outcome')
  const wrong = { ...exampleAnswer, outcome: { ...outcome, cause: 'timeout' } } as const
  expect(renderTap([...exampleMatrix.records, exampleRecord({ task: 'exit-7', report: { answer: wrong } })])).toBe(
    `TAP version 13
ok 1 - mayfly-thread: exit-0
ok 2 - mayfly-thread: kill-sigkill
not ok 3 - mayfly-thread: exit-7
# cause timeout, expected exit
1..3
# tests 3
# pass 2
# fail 1
`,
  )
})
