/** Something that a program is about: what code calls it and what people call it are not always the same word. */
export interface Concept {
  readonly code: string
  readonly talk: readonly [string, ...string[]]
}

export const concepts: readonly [Concept, ...Concept[]] = [
  { code: 'invoice', talk: ['invoice', 'bill', 'billing'] },
  { code: 'auth', talk: ['login', 'authentication', 'sign-in'] },
  { code: 'mailer', talk: ['email', 'notification mail', 'mail delivery'] },
  { code: 'cart', talk: ['basket', 'shopping cart', 'cart'] },
  { code: 'shipment', talk: ['delivery', 'shipping', 'shipment'] },
  { code: 'catalog', talk: ['product list', 'catalog', 'catalogue'] },
  { code: 'ledger', talk: ['accounting', 'ledger', 'bookkeeping'] },
  { code: 'scheduler', talk: ['cron jobs', 'scheduled tasks', 'scheduler'] },
  { code: 'search', talk: ['search', 'full-text lookup', 'finding products'] },
  { code: 'profile', talk: ['user profile', 'account page', 'profile'] },
  { code: 'webhook', talk: ['webhook', 'callbacks', 'outgoing events'] },
  { code: 'throttle', talk: ['rate limit', 'throttling', 'too many requests'] },
  { code: 'avatar', talk: ['avatar', 'profile picture', 'image upload'] },
  { code: 'coupon', talk: ['discount codes', 'coupon', 'vouchers'] },
  { code: 'currency', talk: ['currency', 'exchange rates', 'money formatting'] },
  { code: 'audit', talk: ['audit trail', 'audit log', 'who changed what'] },
  { code: 'cache', talk: ['cache', 'stale data', 'caching'] },
  { code: 'export', talk: ['csv export', 'download of reports', 'export'] },
  { code: 'tenant', talk: ['multi-tenancy', 'tenant', 'organisation'] },
  { code: 'feed', talk: ['activity feed', 'timeline', 'feed'] },
]

/** A layer of a program; the words that people use for it, when they say it at all. */
export interface Layer {
  readonly code: string
  readonly talk: readonly [string, ...string[]]
  readonly functions: readonly [string, ...string[]]
}

export const layers: readonly [Layer, ...Layer[]] = [
  { code: 'store', talk: ['saving', 'persistence', 'queries'], functions: ['insert', 'find', 'remove'] },
  { code: 'service', talk: ['rules', 'logic', 'handling'], functions: ['apply', 'validate', 'compute'] },
  { code: 'controller', talk: ['endpoint', 'API', 'responses'], functions: ['list', 'show', 'respond'] },
  { code: 'model', talk: ['fields', 'types', 'defaults'], functions: ['create', 'parse', 'compare'] },
  { code: 'view', talk: ['screen', 'page', 'layout'], functions: ['render', 'format', 'style'] },
]

export const verbs: readonly [string, ...string[]] = [
  'Fix',
  'Add',
  'Improve',
  'Rework',
  'Handle missing values in',
  'Speed up',
  'Simplify',
  'Correct a race in',
]

/** Subjects that say nothing of the place: every history has them, and no ranking by words can answer them. */
export const vagueSubjects: readonly [string, ...string[]] = [
  'Address review comments',
  'Small clean-ups',
  'Fix the build',
  'More of the same',
]
