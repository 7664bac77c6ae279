import type { Agreement } from "../../oracle/domain/criteria/agreement.ts";
import type { Criterion } from "../../oracle/domain/criteria/criterion.ts";

/** A criterion that could be of an agreement and is not, of no weight: it is only watched. */
export function watchedCriterion({ criteria: { criteria } }: Agreement): Criterion {
  const [first] = criteria;
  if (first?.measure.kind !== "judged") throw new Error("the agreement's first criterion is judged");
  const about = "fact" as const;
  const questions = [
    { id: "phoned", text: "Did somebody from the workshop phone the owner afterwards?", met: "good" as const, about },
    { id: "waited", text: "Did the owner have to wait at the counter for an hour?", met: "bad" as const, about },
  ];
  return {
    ...first,
    ...{ id: "kept-secret", weight: 0, statement: "The owner is looked after once the bill is paid." },
    guard: { kind: "none", reason: "Nobody is hurt where it fails." },
    measure: { ...first.measure, questions, guidance: [] },
  };
}
