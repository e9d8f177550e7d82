import { type Fault, type Script, type ScriptInput, scriptSchema } from './script.ts'

/**
 * The script that a name says, so that a model's name is enough to choose one. Parts are joined with `+`, whatever stands
 * before the last `/` is ignored, and so is `fake-` at the beginning of a part:
 *
 * | part | what happens |
 * |---|---|
 * | `plain` | an answer at once |
 * | `tool` | one call that writes hello.txt, then an answer |
 * | `run` | one call that runs `echo hi > hello.txt`, then an answer |
 * | `loop` | calls for ever |
 * | `slow` | an answer in pieces, 100 ms apart |
 * | `401`, `500`, any status from 400 | that error |
 * | `429-after1`, `429-date1` | with Retry-After: in seconds, or as an HTTP date |
 * | `hang`, `hangmid`, `cut`, `garbage` | no answer, half of one, half and a destroyed socket, HTML |
 * | `429x2`, `cutx1`, `429x2-after1` | so many times for each conversation, then what the other parts say |
 *
 * @returns null for a name that says no script.
 */
export function parseScriptName(name: string): Script | null {
  const parts = (name.split('/').at(-1) ?? '').split('+')
  const inputs = parts.map((part) => readPart(part.replace(/^fake-/, '')))
  return inputs.includes(null) ? null : scriptSchema.parse(Object.assign({}, ...inputs))
}

const behaviours: Readonly<Record<string, ScriptInput>> = {
  plain: {},
  tool: { turns: [[{ write: 'hello.txt', content: 'hi\n' }]] },
  run: { turns: [[{ run: 'echo hi > hello.txt' }]] },
  loop: { turns: [[{ run: 'echo again' }]], repeat: true },
  slow: { paceMs: 100 },
}

function readPart(part: string): ScriptInput | null {
  if (Object.hasOwn(behaviours, part)) return behaviours[part] ?? null
  const fault = readFault(part)
  return fault === null ? null : { fault }
}

const faultForm =
  /^(?<kind>[45]\d\d|hang|hangmid|cut|garbage)(?:x(?<times>\d+))?(?:-(?<form>after|date)(?<seconds>\d+))?$/

function readFault(part: string): Fault | null {
  const groups = faultForm.exec(part)?.groups
  if (groups?.['kind'] === undefined) return null
  const times = groups['times'] === undefined ? null : Number(groups['times'])
  const kind = groups['kind']
  if (/^\d/.test(kind)) return { kind: 'status', status: Number(kind), retryAfter: readRetryAfter(groups), times }
  return { kind: kind === 'hangmid' ? 'hang-mid' : (kind as 'hang' | 'cut' | 'garbage'), times }
}

function readRetryAfter(
  groups: Readonly<Record<string, string | undefined>>,
): { seconds: number; form: 'seconds' | 'date' } | null {
  if (groups['seconds'] === undefined) return null
  return { seconds: Number(groups['seconds']), form: groups['form'] === 'date' ? 'date' : 'seconds' }
}
