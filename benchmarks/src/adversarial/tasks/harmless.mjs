/* What every pool must be able to do, before and after a dangerous task. */
export const add = ([one, other]) => one + other
