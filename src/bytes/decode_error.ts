// The one error that reading bytes can raise. The reader throws it with an offset; each enclosing codec adds its field
// name in front, so that the path reads like `client_hello.extensions.server_name`.

/** Bytes that do not follow their format. `offset` counts from the start of the outermost array that was read. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly offset: number;
  /** Field names from the outside in; the codec that catches the error on its way out prepends its own. */
  readonly path: string[] = [];
  /** The alert a TLS endpoint answers with: the format is broken, or a well-formed value is one the RFC forbids here. */
  readonly alert: 'decode_error' | 'illegal_parameter';
  readonly problem: string;

  constructor(problem: string, offset: number, alert: 'decode_error' | 'illegal_parameter' = 'decode_error') {
    super(problem);
    this.problem = problem;
    this.offset = offset;
    this.alert = alert;
  }
}

/** Runs `read`; a DecodeError that leaves it gets `name` in front of its path. */
export function within<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) error.path.unshift(name);
    throw error;
  }
}
