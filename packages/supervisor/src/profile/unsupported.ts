import { ProfileError } from './profile-error.ts'

export const unsupported = (why: string, cause?: unknown): ProfileError =>
  new ProfileError('PROFILE_UNSUPPORTED', `This worker cannot be profiled: ${why}.`, { cause })
