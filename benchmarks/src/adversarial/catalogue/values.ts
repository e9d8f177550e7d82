import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'
import { inNativeCode } from './reasons.ts'

const refused = (name: string, about: string): TaskRow => ({ name, about, causes: ['error'], isValueWrong: true })

export const returns: TaskGroup = defineGroup('Returns', 'returns.mjs', [
  refused('returns-function', 'a function'),
  refused('returns-nested-function', 'a function three levels down'),
  refused('returns-symbol', 'a symbol'),
  refused('returns-weak-map', 'a WeakMap'),
  refused('returns-port', 'a MessagePort that is not transferred'),
  refused('returns-throwing-getter', 'an object with a getter that throws'),
  refused('returns-hostile-proxy', 'a proxy whose every trap throws'),
  { name: 'returns-undefined', about: 'undefined', causes: ['result'] },
  { name: 'returns-circular', about: 'an object that holds itself', causes: ['result'] },
  {
    name: 'returns-shared-memory',
    about: 'a SharedArrayBuffer',
    causes: ['result'],
    processCauses: ['result', 'error'],
  },
  { name: 'returns-100-mb', export: 'returns100Mb', about: 'a Buffer of 100 MB', causes: ['error', 'external'] },
  { name: 'returns-huge-string', about: 'a string of 100 MB', causes: ['error', 'heap_soft', 'heap_hard'] },
  {
    name: 'returns-million-keys',
    about: 'an object of a million keys',
    timeLimitMs: 1000,
    causes: ['result', 'error', 'heap_soft', 'timeout'],
    threadLimits: inNativeCode,
  },
  {
    name: 'returns-spinning-getter',
    about: 'an object with a getter that never ends',
    causes: ['timeout'],
    isValueWrong: true,
  },
  {
    name: 'returns-endless-getters',
    about: 'each getter gives an object with a getter',
    causes: ['error', 'timeout', 'heap_soft'],
    isValueWrong: true,
  },
  {
    name: 'returns-deep-nesting',
    about: 'objects, 200,000 deep',
    timeLimitMs: 3000,
    causes: ['error', 'result'],
  },
  { name: 'returns-logging-getter', about: 'an object with a getter that logs and tells progress', causes: ['result'] },
])

const thrown = (name: string, about: string): TaskRow => ({ name, about, causes: ['error'], isValueWrong: true })

export const throws: TaskGroup = defineGroup('Throws', 'throws.mjs', [
  thrown('throws-undefined', 'undefined'),
  thrown('throws-null', 'null'),
  thrown('throws-string', 'a string'),
  thrown('throws-symbol', 'a symbol'),
  thrown('throws-function', 'a function'),
  thrown('throws-custom-class', 'its own class with code, fields and cause'),
  thrown('throws-throwing-getters', 'an error that cannot be read'),
  thrown('throws-hostile-proxy', 'a proxy whose every trap throws'),
  {
    ...thrown('throws-huge-message', 'an error with a message of 100 MB'),
    causes: ['error', 'heap_soft', 'heap_hard', 'timeout'],
  },
  thrown('throws-deep-causes', 'a chain of 20,000 causes'),
  thrown('throws-circular-cause', 'an error that is its own cause'),
  thrown('throws-many-fields', 'an error with 300,000 fields'),
  thrown('throws-aggregate', 'nested AggregateErrors, 16,384 leaves'),
  thrown('throws-after-patching-errors', 'an error after Error.prepareStackTrace throws'),
  {
    name: 'throws-spinning-message',
    about: 'an error whose message getter never ends',
    causes: ['timeout'],
    isValueWrong: true,
  },
])
