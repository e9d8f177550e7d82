/** Where programs and folders are, language, time zone and the way to the network: what any program gets. */
export const usualVariables: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]

export type Environment = Readonly<Record<string, string | undefined>>

/** What a program needs of the environment around it, and what it gets beside that. */
export interface EnvironmentNeeds {
  /** Set to these values, whatever they are outside. */
  readonly fixed: Readonly<Record<string, string>>
  /** Names that are passed on. */
  readonly passed: readonly string[]
  /** Names that are passed on and whose values must never be written anywhere. */
  readonly secret: readonly string[]
}

/** Only what is named: no other key, token or option of whoever starts it gets in. */
export function programEnvironment(needs: EnvironmentNeeds, outside: Environment): Record<string, string> {
  const names = [...usualVariables, ...needs.passed, ...needs.secret]
  const passed = names.flatMap((name) => {
    const value = outside[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passed), ...needs.fixed }
}

/** The values that must not appear in anything that is kept. */
export function secretValues(needs: EnvironmentNeeds, outside: Environment): readonly string[] {
  const named = needs.secret.flatMap((name) => outside[name] ?? [])
  return [
    ...named,
    ...usualVariables.filter((name) => /_proxy$/i.test(name)).flatMap((name) => password(outside[name])),
  ]
}

/** Of a proxy whose address holds one. */
function password(address: string | undefined): readonly string[] {
  const found = address === undefined ? undefined : /\/\/[^/@]*?:([^/@]+)@/.exec(address)?.[1]
  return found === undefined ? [] : [found]
}
