/**
 * `CONTROL_NO_HOST`: nobody answers there. `CONTROL_FOLDER_UNSAFE`: the folder of the sockets is not ours alone. `CONTROL_PROTOCOL`: what was
 * said is not understood. Any other code is that of the error that the host answered with.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
