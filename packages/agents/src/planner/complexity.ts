import { posix } from 'node:path'
import type { PlanComplexity, PlanFile } from '../plan.ts'
import { countAsks } from './intent.ts'

/** What an estimate is made from. */
export interface ComplexityEvidence {
  readonly prompt: string
  readonly basis: 'prompt' | 'structure'
  readonly files: readonly PlanFile[]
  /** What the router thought, from 0 to 1. */
  readonly routed: number
}

interface Part {
  /** From 0 to 1. */
  readonly amount: number
  readonly weight: number
  readonly text: string
}

/** The router judged by the prompt alone; what stands in the folder counts for more. */
const routedShare = 0.3
const highFrom = 0.65
const mediumFrom = 0.4

/** Estimates how hard the work is, and says from what. */
export function estimateComplexity(evidence: ComplexityEvidence): PlanComplexity {
  const routed = Math.min(1, Math.max(0, evidence.routed))
  const { found, reasons } = evidence.basis === 'structure' ? unknownWork() : weigh(partsOf(evidence))
  const score = round(found * (1 - routedShare) + routed * routedShare)
  return {
    score,
    label: labelOf(score),
    reasons: [...reasons, `The step was handed over with a complexity of ${round(routed)}.`],
  }
}

function unknownWork(): { readonly found: number; readonly reasons: readonly string[] } {
  return { found: 0.5, reasons: ['No file has to do with the prompt, so how much it touches is unknown.'] }
}

function weigh(parts: readonly Part[]): { readonly found: number; readonly reasons: readonly string[] } {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const found = parts.reduce((sum, { amount, weight }) => sum + amount * weight, 0) / total
  return { found, reasons: parts.map(({ text }) => text) }
}

function partsOf({ prompt, files }: ComplexityEvidence): readonly Part[] {
  const touched = files.filter(({ relevant }) => relevant)
  const sources = touched.filter(({ kind }) => kind === 'source')
  const folders = new Set(touched.map(({ path }) => posix.dirname(path))).size
  const importers = touched.reduce((sum, file) => sum + file.importers, 0)
  const untested = sources.filter(({ tests }) => tests.length === 0).length
  const asks = countAsks(prompt)
  return [
    {
      amount: grow(touched.length - 1, 10),
      weight: 4,
      text: `${counted(touched.length, 'file')} likely to be touched.`,
    },
    { amount: grow(folders - 1, 4), weight: 2, text: `They stand in ${counted(folders, 'folder')}.` },
    {
      amount: grow(Math.log1p(importers), 4),
      weight: 2,
      text: `Other files import them ${counted(importers, 'time')}.`,
    },
    { amount: grow(asks - 1, 6), weight: 2, text: `The prompt asks for ${counted(asks, 'thing')}.` },
    {
      amount: sources.length === 0 ? 0 : untested / sources.length,
      weight: 1,
      text: `${untested} of ${counted(sources.length, 'source file')} without a test named after it.`,
    },
  ]
}

function grow(value: number, full: number): number {
  return Math.min(1, Math.max(0, value / full))
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function labelOf(score: number): PlanComplexity['label'] {
  if (score >= highFrom) return 'high'
  return score >= mediumFrom ? 'medium' : 'low'
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
