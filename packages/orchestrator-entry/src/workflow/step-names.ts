import type { PlannedStep } from '@mayfly/workflows'

/** How people see a step: `step 2 (Build it)`. */
export const nameStep = ({ number, name }: Pick<PlannedStep, 'number' | 'name'>): string => `step ${number} (${name})`
