import type { CriterionDraft } from "../../criteria/criterion.ts";
import { findPhrase, spaced } from "../../criteria/phrases.ts";
import { policiesOf } from "../../values/card.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";

/** Words of how much was done or used, which is seldom what anybody wants for itself. */
const ACTIVITY_WORDS = [
  "number of",
  "clicks",
  "click",
  "page views",
  "visits",
  "logins",
  "downloads",
  "stars",
  "followers",
  "likes",
  "attendance",
  "sessions held",
  "hours logged",
  "sign-ups",
  "signups",
  "sign ups",
  "citations",
];

/** Every policy has its criterion, and every criterion its policy. */
export const policies: Check = ({ cards, criteria }) => {
  const known = policiesOf(cards).map(({ ref }) => ref);
  const served = new Set(criteria.flatMap((criterion) => criterion.policies));
  const unmapped = cards.flatMap((card, c) =>
    policiesOf([card]).flatMap(({ ref, policy }, p) =>
      served.has(ref)
        ? []
        : [
            error(
              "policy-unmapped",
              `cards[${c}].policies[${p}]`,
              `no criterion serves "${policy.text}"`,
              `list ${ref} with the criterion that asks for it, or add one`,
            ),
          ],
    ),
  );
  const unknown = criteria.flatMap((criterion, i) =>
    criterion.policies.flatMap((ref, p) =>
      known.includes(ref)
        ? []
        : [
            error(
              "policy-unknown",
              `criteria[${i}].policies[${p}]`,
              `there is no policy ${ref}`,
              "name one as card/policy",
            ),
          ],
    ),
  );
  const unasked = criteria.flatMap(({ id, policies: served }, i) =>
    known.length > 0 && served.length === 0
      ? [
          warning(
            "policy-unasked",
            `criteria[${i}].policies`,
            `"${id}" serves no policy of a card`,
            "ask people what it is good for, or leave it out",
          ),
        ]
      : [],
  );
  return [...unmapped, ...unknown, ...unasked];
};

/** What stands for something else says so, and is not alone. */
export const proxies: Check = ({ cards, criteria }) => [
  ...criteria.flatMap((criterion, i) => proxyFindings(criterion, `criteria[${i}]`)),
  ...cards.flatMap((card, c) =>
    policiesOf([card]).flatMap(({ ref, policy }, p) => {
      const serving = criteria.filter(({ policies: served }) => served.includes(ref));
      if (serving.length === 0 || serving.some(({ proxyFor }) => proxyFor === undefined)) return [];
      return [
        warning(
          "proxy-alone",
          `cards[${c}].policies[${p}]`,
          `only proxies stand for "${policy.text}"`,
          "add a criterion that asks people about the thing itself",
        ),
      ];
    }),
  ),
];

function proxyFindings(criterion: CriterionDraft, path: string): Finding[] {
  const { id, measure, policies: served, proxyFor, statement } = criterion;
  if (proxyFor !== undefined) {
    return spaced(proxyFor) === spaced(statement)
      ? [
          error(
            "proxy-unnamed",
            `${path}.proxyFor`,
            `"${id}" says that it stands for itself`,
            "say what is really meant, or leave it out",
          ),
        ]
      : [];
  }
  if (measure?.kind === "telemetry" && served.length > 0) {
    const message = `"${id}" is a figure that serves what people attend to, so it stands for something`;
    return [error("proxy-unnamed", `${path}.proxyFor`, message, "say what is really meant")];
  }
  const field = measure?.kind === "telemetry" ? ` ${measure.field.replaceAll(/[_-]/g, " ")} ${measure.unit}` : "";
  const activity = findPhrase(`${statement}${field}`, ACTIVITY_WORDS);
  if (activity === null) return [];
  return [
    warning(
      "proxy-unnamed",
      `${path}.proxyFor`,
      `"${activity}" counts activity, which is seldom the good itself`,
      "say what it stands for",
    ),
  ];
}
