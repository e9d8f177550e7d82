/** What a flag is, as data: its name, its variants, where it may be said and what is said there. */
export interface FlagDefinition {
  readonly name: 'USE_WORKERS'
  readonly description: string
  /** The values that the flag can take, by the name of the variant. */
  readonly variants: Readonly<Record<'on' | 'off', boolean>>
  /** What holds when nobody says anything. */
  readonly defaultVariant: 'on' | 'off'
  /** What can be read, in any case and with blanks around it; an empty value is unset, anything else is off. */
  readonly readable: Readonly<Record<'true' | 'false', 'on' | 'off'>>
  readonly environmentVariable: string
  /** The key in a configuration file. */
  readonly fileKey: string
}

/** Every flag that Mayfly knows. */
export const flagDefinitions: { readonly USE_WORKERS: FlagDefinition } = {
  USE_WORKERS: {
    name: 'USE_WORKERS',
    description: 'Long-running tasks get a worker of their own.',
    variants: { on: true, off: false },
    // Off: a fresh installation behaves as it did before there were workers.
    defaultVariant: 'off',
    readable: { true: 'on', false: 'off' },
    environmentVariable: 'USE_WORKERS',
    fileKey: 'useWorkers',
  },
}
