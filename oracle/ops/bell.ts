/** Wakes those in the same process who wait for something that others of them do. */
export interface Bell {
  ring(): void;
  /** How often it has been rung. What rings between reading this and waiting is not missed by comparing. */
  rings(): number;
  /** Resolves at the next ring, after so many milliseconds, or when the signal aborts. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  const waiting = new Set<() => void>();
  let rings = 0;
  return {
    rings: () => rings,
    ring: () => {
      rings += 1;
      for (const wake of [...waiting]) wake();
    },
    wait: (milliseconds, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        waiting.add(wake);
        signal?.addEventListener("abort", wake);
        if (signal?.aborted === true) wake();
      }),
  };
}
