/* A module that is as it should be, but lacks what is asked for. */
export const present = () => 'present'
export const notAFunction = 42
