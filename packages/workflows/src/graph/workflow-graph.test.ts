import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseWorkflow } from '../parse-workflow.ts'
import { planWorkflow } from '../plan/plan-workflow.ts'
import { workflowGraph } from './workflow-graph.ts'

const graphOf = (document: unknown) => workflowGraph(planWorkflow(parseWorkflow(JSON.stringify(document), 'f.yaml')))

test('shows needs, fallbacks, conditions, approvals and ways back', () => {
  const steps = [
    { step: 0, name: 'Plan', agent: 'planner' },
    {
      step: 0.5,
      name: 'Design',
      agent: 'architect',
      fallback_agents: ['developer'],
      condition: "run.complexity != 'low'",
    },
    { step: 1, name: 'Docs', agent: 'writer', needs: [0], condition: 'if there is time', approval: 'required' },
    {
      step: 2,
      name: 'Build',
      agent: 'developer',
      needs: [0.5, 1],
      approval: 'before',
      on_failure: { step: 0, max: 2 },
    },
    { step: 3, name: 'Never', agent: 'qa', condition: false, approval: 'required', on_failure: 2 },
  ]
  expect(graphOf({ name: 'x', steps })).toMatchInlineSnapshot(`
    "flowchart TD
      s0["0 Plan<br/>planner"]
      s1["0.5 Design<br/>architect, else developer<br/>if run.complexity #33;= #39;low#39;"]
      s2["1 Docs<br/>writer<br/>if there is time (not read)"]
      a2{"accept 1#63;"}
      s3["2 Build<br/>developer"]
      a3{"begin 2#63;"}
      s4["3 Never<br/>qa<br/>never"]
      a4{"accept 3#63;"}
      s0 --> s1
      s0 --> s2
      s2 --> a2
      s1 --> a3
      a2 --> a3
      a3 --> s3
      s3 --> s4
      s4 --> a4
      s3 -. "failed, at most 2 times" .-> s0
      s4 -. "failed, at most 1 time" .-> s3
      a4 -. "failed, at most 1 time" .-> s3
    "
  `)
})

// The whole of what is written: identifiers of our own, and labels of harmless characters, entities and line breaks.
const label = String.raw`"(?:[\p{L}\p{N}\p{M} .,:()=_/…-]|#\d{1,7};|<br/>)+"`
const line = new RegExp(
  String.raw`^ {2}(?:s\d+\[${label}\]|a\d+\{${label}\}|[sa]\d+ --> [sa]\d+|[sa]\d+ -\. ${label} \.-> s\d+)$`,
  'u',
)

test('no name of a step, an agent or a condition can leave its label', () => {
  const nasty = fc.constantFrom(
    '"',
    '"]',
    '--> s0',
    '#quot;',
    '&lt;',
    '<script>',
    '`',
    '%%',
    ';',
    '\n',
    'end',
    '{{',
    '\u0007',
    '\ud800',
    '🙂',
  )
  const text = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 8 })
    .map((parts) => `n${parts.join('')}`)
  fc.assert(
    fc.property(text, text, text, (name, agent, condition) => {
      const plan = planWorkflow(
        parseWorkflow(JSON.stringify({ name: 'x', steps: [{ step: 0, name: 'n', agent: 'n' }] }), 'f.yaml'),
      )
      const [step] = plan.steps
      if (step === undefined) return expect.unreachable()
      const graph = workflowGraph({
        ...plan,
        steps: [{ ...step, name, agents: [agent], condition: { kind: 'prose', text: condition } }],
      })
      for (const one of graph.trimEnd().split('\n').slice(1)) expect(one).toMatch(line)
    }),
  )
})

test('a long name is cut', () => {
  const graph = graphOf({ name: 'x', steps: [{ step: 0, name: 'a'.repeat(500), agent: 'a' }] })
  expect(graph).toContain(`["0 ${'a'.repeat(117)}…<br/>a"]`)
})
