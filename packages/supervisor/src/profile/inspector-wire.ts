/** Told of what comes over a wire; `closed` comes once, and nothing after it. */
export interface InspectorListener {
  /** One message of the Chrome DevTools protocol, as it came: a worker may have forged it. */
  message(text: string): void
  closed(reason: string): void
}

/**
 * The way to the V8 inspector of one worker, of either tier. The inspector is heard also by JavaScript that never yields: V8 interrupts
 * it. Only a native call keeps it waiting.
 */
export interface InspectorWire {
  send(text: string): void
  close(): void
}
