import { InputError } from "../../oracle/domain/errors.ts";

/** Ctrl-C, or a request to end, as all steps of a run see it. */
export interface Interruption {
  /** Aborted from the moment on a person wants the run to end. */
  readonly signal: AbortSignal;
  /** What a step gives, unless the interruption comes first; the step itself is not stopped by that. */
  unlessFirst<Result>(step: Promise<Result>): Promise<Result>;
}

/** Listens for an interruption from now on; the process no longer ends by itself on one. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  const stopped = new InputError("stopped before the season was over; nothing was written");
  const interrupted = new Promise<never>((_, reject) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) {
      process.on(name, () => {
        controller.abort(stopped);
        reject(stopped);
      });
    }
  });
  // It may come where no step waits for it.
  interrupted.catch(() => undefined);
  return { signal: controller.signal, unlessFirst: (step) => Promise.race([interrupted, step]) };
}
