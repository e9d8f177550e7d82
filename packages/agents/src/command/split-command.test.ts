import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommandLineError, splitCommand } from './split-command.ts'

/** What a real shell makes of a line. */
function bySh(line: string): readonly string[] {
  const printed = execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], {
    encoding: 'utf8',
  })
  return printed.split('\0').slice(0, -1)
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

describe('splitCommand', () => {
  it.each([
    'a b  c\td',
    "'a b' c",
    `"a 'b' c" d`,
    String.raw`a\ b "x\"y\\z\n" '\n'`,
    `'' a ""`,
    `a'b'"c"d`,
    `x=1 --flag=a,b 100% {a,b}`,
    String.raw`\$HOME "\$HOME" '$HOME' \*`,
    `a~b c#d`,
  ])('takes %j apart as a shell does', (line) => {
    expect(splitCommand(line)).toEqual(bySh(line))
  })

  it('gives back any words that are quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
        expect(splitCommand(words.map(quote).join(' '))).toEqual(words)
      }),
    )
  })

  it.each([
    ['', /empty/],
    ['   ', /empty/],
    ["a 'b", /no end/],
    ['a "b', /no end/],
    ['a b\\', /no end/],
    ['a | b', /"\|" has a meaning for a shell/],
    ['a && b', /quote it/],
    ['a > b', /quote it/],
    ['a; b', /quote it/],
    ['echo $HOME', /quote it/],
    ['echo "$HOME"', /expanded/],
    ['echo "`id`"', /expanded/],
    ['echo `id`', /quote it/],
    ['ls *.ts', /quote it/],
    ['~/bin/x', /quote it/],
    ['a\nb', /quote it/],
  ])('refuses %j', (line, message) => {
    expect(() => splitCommand(line)).toThrow(CommandLineError)
    expect(() => splitCommand(line)).toThrow(message)
  })
})
