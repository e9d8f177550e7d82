import { describe, expect, test } from 'vitest'
import { clientPackages } from '../client-packages.ts'
import { ClientChoiceError, parseClientChoice } from './client-choice.ts'

describe('the choice of clients', () => {
  test.each([undefined, '', ' '])('is claude and codex when %j is said', (given) => {
    expect(parseClientChoice(given)).toEqual([
      { client: 'claude', version: clientPackages.claude.version },
      { client: 'codex', version: clientPackages.codex.version },
    ])
  })

  test('may be all of them', () => {
    expect(parseClientChoice('all').map(({ client }) => client)).toEqual([
      'claude',
      'codex',
      'gemini',
      'opencode',
      'qwen',
    ])
  })

  test('may name versions', () => {
    expect(parseClientChoice('claude@2.1.332, qwen')).toEqual([
      { client: 'claude', version: '2.1.332' },
      { client: 'qwen', version: clientPackages.qwen.version },
    ])
  })

  test.each(['cluade', 'claude@latest', 'claude,', '../claude', 'claude@1.2.3/../..'])('refuses %j', (given) => {
    expect(() => parseClientChoice(given)).toThrow(ClientChoiceError)
  })
})
