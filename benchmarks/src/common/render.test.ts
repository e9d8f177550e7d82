import { expect, test } from 'vitest'
import { renderReport } from './render.ts'
import type { Report } from './report.ts'
import { summarise } from './summary.ts'

const report: Report = {
  name: 'example',
  title: 'An example',
  environment: {
    date: '2026-01-02T03:04:05.000Z',
    commit: '0123456789abcdef',
    changed: true,
    node: 'v26.0.0',
    platform: 'linux x64',
    cores: 2,
    processor: 'a processor',
    loadBefore: 0.5,
    loadAfter: 1.5,
  },
  method: 'With care.',
  sections: [
    {
      kind: 'comparison',
      title: 'Time',
      unit: 'ms',
      baseline: 'raw',
      note: 'A note.',
      subjects: [
        { name: 'raw', summary: summarise([10]) },
        { name: 'ours', summary: summarise([12.5]) },
      ],
    },
    {
      kind: 'grid',
      title: 'Heap',
      unit: 'MB',
      corner: 'prompt',
      note: '',
      rows: [{ name: 'small', cells: { legacy: summarise([1234.5]), worker: null } }],
    },
  ],
}

test('a report is rendered as tables with ratios, the note, the method and the surroundings', () => {
  expect(renderReport(report)).toMatchInlineSnapshot(`
    "# An example

    ## Time (ms)

    |      | median |  p99 |  min |  max | samples | ratio | difference |
    | ---- | -----: | ---: | ---: | ---: | ------: | ----: | ---------: |
    | raw  |   10.0 | 10.0 | 10.0 | 10.0 |       1 |     1 |            |
    | ours |   12.5 | 12.5 | 12.5 | 12.5 |       1 | 1.25× |       2.50 |

    A note.

    ## Heap (MB)

    | prompt | legacy | worker |
    | ------ | -----: | -----: |
    | small  |   1235 |      - |

    With care.

    2026-01-02, commit 0123456789 with changes, Node v26.0.0, linux x64, 2 cores (a processor), load average 0.5 before and 1.5 after.

    A p99 is a sample that was taken: with fewer than 100 of them it is the maximum.

    Made by \`pnpm bench example\` out of \`example.json\`."
  `)
})
