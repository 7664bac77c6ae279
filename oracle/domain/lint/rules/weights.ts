import { WHOLE } from "../../criteria/document.ts";
import { error, warning, type Check } from "../finding.ts";

/** Most weight that may be held out: providers must know what they are mostly paid for. */
const MAX_HELD_OUT = 3000;

/** A criterion of more weight than this leaves little to the others. */
const DOMINANT = 6000;

/** Weights, held-out ones among them. */
export const weights: Check = ({ criteria, heldOut }) => {
  const total = [...criteria, ...heldOut].reduce((sum, { weight = 0 }) => sum + weight, 0);
  const open = criteria.some(({ weight }) => weight === undefined);
  const sum =
    total === WHOLE || open || criteria.length === 0
      ? []
      : [
          error(
            "weights",
            "criteria",
            `weights add up to ${total}`,
            `make them add up to ${WHOLE}, held-out ones included`,
          ),
        ];
  return [
    ...sum,
    ...criteria.flatMap(({ id, weight }, i) => {
      if (weight === 0) {
        return [
          error(
            "weights",
            `criteria[${i}].weight`,
            `"${id}" counts for nothing`,
            "give it weight, or hold it out to watch it",
          ),
        ];
      }
      if (weight === undefined || weight <= DOMINANT || criteria.length === 1) return [];
      return [
        warning(
          "weights",
          `criteria[${i}].weight`,
          `"${id}" has ${weight} of ${WHOLE}`,
          "others hardly count; split it, or say less of them",
        ),
      ];
    }),
  ];
};

/** What is held out, and whether anything shows that paid criteria have drifted. */
export const heldOut: Check = ({ criteria, heldOut: places }) => {
  const share = places.reduce((sum, { weight }) => sum + weight, 0);
  const seen = new Set<string>();
  const found = places.flatMap(({ commitment }, i) => {
    if (seen.has(commitment)) {
      return [
        error(
          "held-out",
          `heldOut[${i}].commitment`,
          "the commitment is there already",
          "commit with a fresh salt for each",
        ),
      ];
    }
    seen.add(commitment);
    return [];
  });
  if (share > MAX_HELD_OUT) {
    const message = `${share} of ${WHOLE} is held out`;
    found.push(
      error(
        "held-out",
        "heldOut",
        message,
        `hold out at most ${MAX_HELD_OUT}: providers must know what they are paid for`,
      ),
    );
  }
  const late = criteria.some(({ window }) => window?.late !== undefined);
  if (places.length > 0 || late || criteria.length === 0) return found;
  const message = "nothing is held out and nothing is looked at again later";
  return [...found, warning("unseen-drift", "heldOut", message, "hold out a criterion, or give one a late window")];
};
