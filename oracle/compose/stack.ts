/** Things to stop, the last one first; what one of them throws does not keep the others running. */
export interface Stack {
  push(name: string, stop: () => void | Promise<void>): void;
  unwind(): Promise<void>;
}

/** @param onTrouble told what could not be stopped well */
export function createStack(onTrouble: (name: string, error: unknown) => void): Stack {
  const stops: { readonly name: string; readonly stop: () => void | Promise<void> }[] = [];
  return {
    push: (name, stop) => void stops.push({ name, stop }),
    async unwind() {
      for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
        const { name, stop } = next;
        try {
          await stop();
        } catch (error) {
          onTrouble(name, error);
        }
      }
    },
  };
}
