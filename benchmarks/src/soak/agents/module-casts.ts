import { type Draw, drawModel } from './draw.ts'
import type { Cast } from './scenario.ts'

type ModuleMaker = (draw: Draw) => Cast

export type ModuleKindName =
  | 'a module'
  | 'a module in a process'
  | 'a module that fails once'
  | 'a module that throws'
  | 'a module that spins'
  | 'a module that leaves children'
  | 'a module that asks a model'

const plain =
  (name: string, more: Partial<Cast> = {}): ModuleMaker =>
  ({ stage }) => ({ agent: stage.module(name), failure: null, ...more })

const makers: Readonly<Record<ModuleKindName, ModuleMaker>> = {
  'a module': plain('works'),
  'a module in a process': plain('works', { settings: { isolation: 'process' }, needsWorker: true }),
  'a module that fails once': plain('works', {
    description: JSON.stringify({ failsFirst: true }),
    settings: { attempts: 3 },
  }),
  'a module that throws': plain('throws', { failure: 'SOAK_PLANNED' }),
  'a module that spins': plain('spins', {
    failure: 'TASK_TIMED_OUT',
    settings: { timeoutMs: 1500 },
    needsWorker: true,
  }),
  'a module that leaves children': plain('leaves'),
  'a module that asks a model': (draw) => {
    const { name, models } = drawModel(draw, '429x1+plain')
    const description = JSON.stringify({ url: `${draw.stage.url}/v1`, model: name })
    return { agent: draw.stage.module('asks'), failure: null, models, description }
  },
}

export const moduleKinds = Object.keys(makers) as readonly ModuleKindName[]

/** A function of the user's own. */
export const castModule = (draw: Draw, kind: ModuleKindName): Cast => makers[kind](draw)
