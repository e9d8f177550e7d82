import { flagDefinitions } from './flag-definition.ts'
import { type FlagReading, readFlag } from './flag-reading.ts'

/** Where the answer comes from. */
export type FlagSource = 'option' | 'environment' | 'file' | 'default'

/** The answer to "are workers used?", with its reason. */
export interface FlagEvaluation {
  readonly flag: 'USE_WORKERS'
  readonly value: boolean
  readonly source: FlagSource
  /** One sentence for a log or a run record. */
  readonly reason: string
  /** Whether somebody said it; false when it is the default. */
  readonly explicit: boolean
  /** The environment or the file turns workers off: no mode may turn them on again. */
  readonly killSwitch: boolean
  /** What was said, without control characters, at most 60 characters. */
  readonly raw?: string
  /** Only when what was said could not be read. Nothing is printed here: showing it, once, is the caller's part. */
  readonly warning?: string
}

/** The places where the flag may be said. Only own properties count. */
export interface FlagInput {
  /** Usually `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The parsed configuration file. */
  readonly file?: { readonly useWorkers?: boolean | string } | undefined
  /** What the caller of this one call asks for. */
  readonly option?: boolean | undefined
}

type Readings = Readonly<Partial<Record<Exclude<FlagSource, 'default'>, FlagReading>>>

const { environmentVariable, fileKey, variants, defaultVariant } = flagDefinitions.USE_WORKERS

/**
 * Decides whether workers are used. The option beats the environment, the environment beats the file, the
 * file beats the default (off), with one exception: off in the environment beats everything.
 *
 * A value that cannot be read has the force of `false`, wherever it stands: `0`, `off` or `flase` was most
 * likely meant as off, and off is always safe. Never throws, prints nothing.
 */
export function evaluateUseWorkers(input: FlagInput): FlagEvaluation {
  const readings = readPlaces(input)
  const source = decidingSource(readings)
  const reading = source === 'default' ? undefined : readings[source]
  return reading === undefined ? byDefault() : bySaying(source, reading)
}

function readPlaces({ environment, file, option }: FlagInput): Readings {
  const places = {
    option: readFlag(option),
    environment: readFlag(ownValue(environment, environmentVariable)),
    file: readFlag(ownValue(file, fileKey)),
  }
  return Object.fromEntries(Object.entries(places).filter(([, reading]) => reading !== undefined))
}

/** An inherited `useWorkers` is somebody's polluted prototype, not a setting. */
function ownValue(place: object | null | undefined, key: string): unknown {
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return undefined
  return Reflect.get(place, key)
}

function decidingSource({ option, environment, file }: Readings): FlagSource {
  if (environment?.value === false) return 'environment'
  if (option !== undefined) return 'option'
  if (environment !== undefined) return 'environment'
  return file === undefined ? 'default' : 'file'
}

function bySaying(source: FlagSource, { value, raw, warning }: FlagReading): FlagEvaluation {
  const killSwitch = !value && source !== 'option'
  const reason = warning ?? `${saying(source, raw)}${killSwitch ? ': workers are off, whatever the mode' : ''}`
  return {
    flag: 'USE_WORKERS',
    value,
    source,
    reason,
    explicit: true,
    killSwitch,
    raw,
    ...(warning === undefined ? {} : { warning }),
  }
}

function saying(source: FlagSource, raw: string): string {
  if (source === 'option') return `the caller asked for workers to be ${raw === 'true' ? 'on' : 'off'}`
  return source === 'file' ? `${fileKey} is ${raw} in the file` : `${environmentVariable} is ${raw} in the environment`
}

function byDefault(): FlagEvaluation {
  return {
    flag: 'USE_WORKERS',
    value: variants[defaultVariant],
    source: 'default',
    reason: `${environmentVariable} is not set: workers are ${defaultVariant} by default`,
    explicit: false,
    killSwitch: false,
  }
}
