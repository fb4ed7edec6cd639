// The `timeout` event for a socket over a stream that has none of its own: one timer, started anew by each sign of life.

export class IdleTimer {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly onIdle: () => void;

  constructor(onIdle: () => void) {
    this.onIdle = onIdle;
  }

  /** Milliseconds; 0 for none. */
  set(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = milliseconds > 0 ? setTimeout(this.onIdle, milliseconds) : undefined;
    this.timer?.unref();
  }

  active(): void {
    this.timer?.refresh();
  }
}
