import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "../test-run/copy.ts";
import type { Bug } from "./bugs.ts";

/** A copy of the project in which contracts may be spoiled. */
export class SpoiledCopy extends ProjectCopy {
  /** Puts a bug in, runs `body`, takes the bug out. */
  async with<T>(bug: Bug, body: () => Promise<T>): Promise<T> {
    const path = join(this.root, bug.file);
    const source = readFileSync(path, "utf8");
    const parts = source.split(bug.find);
    if (parts.length !== 2) {
      throw new Error(`"${bug.name}": its place stands ${parts.length - 1} times in ${bug.file}, not once`);
    }
    writeFileSync(path, parts.join(bug.replace));
    try {
      return await body();
    } finally {
      writeFileSync(path, source);
    }
  }
}
