/** `name=value`; a value may have further `=`. @throws `SETTING_INVALID` */
export const splitPair = (option: string, pair: string): readonly [string, string] => {
  const at = pair.indexOf('=')
  if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1)]
  throw Object.assign(new Error(`Option ${option}: expected name=value, got "${pair.slice(0, 80)}".`), {
    code: 'SETTING_INVALID',
  })
}
