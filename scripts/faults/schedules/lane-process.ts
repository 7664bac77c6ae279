import { openLane } from "./lane.ts";
import type { Kind } from "./plan.ts";

/** A lane in a process of its own: plays what it is sent, and answers with what came of it. */
const lane = await openLane();

process.on("message", ({ kind, seed }: { kind: Kind; seed: number }) => {
  void lane.play(kind, seed).then((played) => process.send!(played));
});
process.once("disconnect", () => {
  void lane.stop().then(() => process.exit());
});
process.send!("ready");
