import type { Fact } from "../judges/reading.ts";
import type { NamedJudge } from "./judge-server.ts";

/** The judge of each node of an example: one that sees all, and two that overlook a little, each something else. */
const JUDGES = [
  { letter: "a", overlook: 0 },
  { letter: "b", overlook: 0.03 },
  { letter: "c", overlook: 0.06 },
] as const;

/** Three scripted judges of an example, one for each node. */
export function exampleJudges(facts: readonly Fact[]): NamedJudge[] {
  return JUDGES.map(({ letter, overlook }) => ({ model: `scripted-${letter}-1`, facts, overlook, seed: letter }));
}
