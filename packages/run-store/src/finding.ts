import type { Finding, FindingCode } from './store-care.ts'

export function fine(code: FindingCode, message: string): Finding {
  return { code, level: 'ok', message, advice: null }
}

export function warning(code: FindingCode, message: string, advice: string): Finding {
  return { code, level: 'warning', message, advice }
}

export function failure(code: FindingCode, message: string, advice: string): Finding {
  return { code, level: 'error', message, advice }
}
