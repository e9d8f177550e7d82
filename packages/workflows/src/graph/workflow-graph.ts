import type { PlannedStep } from '../plan/planned-step.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { mermaidText } from './mermaid-text.ts'

/**
 * A workflow as a Mermaid flowchart: a box for each step, with its agent and condition, an arrow from what it needs,
 * a rhombus where a person decides, and a dotted arrow back to where a failure is sent.
 */
export function workflowGraph({ steps }: WorkflowPlan): string {
  const lines = [
    ...steps.flatMap(nodesOf),
    ...steps.flatMap((step) => edgesOf(step, steps)),
    ...steps.flatMap(backEdgeOf),
  ]
  return `flowchart TD\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function nodesOf(step: PlannedStep): string[] {
  const label = [`${step.number} ${step.name}`, step.agents.join(', else '), ...conditionLabel(step)]
  const box = `s${step.position}[${mermaidText(label[0] ?? '').slice(0, -1)}${label.slice(1).map(lineOf).join('')}"]`
  return step.approval === undefined ? [box] : [box, `a${step.position}{${mermaidText(question(step))}}`]
}

function lineOf(text: string): string {
  return `<br/>${mermaidText(text).slice(1, -1)}`
}

function conditionLabel({ condition }: PlannedStep): string[] {
  if (condition === undefined) return []
  if (condition.kind === 'constant') return condition.value ? [] : ['never']
  return condition.kind === 'cel' ? [`if ${condition.source}`] : [`${condition.text} (not read)`]
}

function question({ approval, number }: PlannedStep): string {
  return approval === 'before' ? `begin ${number}?` : `accept ${number}?`
}

function edgesOf(step: PlannedStep, steps: readonly PlannedStep[]): string[] {
  const target = step.approval === 'before' ? `a${step.position}` : `s${step.position}`
  const needs = step.needs.map((need) => `${exitOf(need, steps)} --> ${target}`)
  if (step.approval === 'before') return [...needs, `a${step.position} --> s${step.position}`]
  return step.approval === 'after' ? [...needs, `s${step.position} --> a${step.position}`] : needs
}

/** Where the steps that need one go on from. */
function exitOf(position: number, steps: readonly PlannedStep[]): string {
  return `${steps[position]?.approval === 'after' ? 'a' : 's'}${position}`
}

function backEdgeOf({ position, onFailure, approval }: PlannedStep): string[] {
  if (onFailure === undefined) return []
  const label = mermaidText(`failed, at most ${onFailure.max} ${onFailure.max === 1 ? 'time' : 'times'}`)
  const from = approval === 'after' ? [`s${position}`, `a${position}`] : [`s${position}`]
  return from.map((node) => `${node} -. ${label} .-> s${onFailure.to}`)
}
