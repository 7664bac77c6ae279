import { concatHex, numberToHex, slice, type Hex } from "viem";
import type { EvidenceItem } from "../../../oracle/domain/evidence.ts";
import { eventOf, withTransfer, type Draft } from "./forge.ts";
import { accountNamed, lower, oracleNodes } from "./oracle.ts";

/** Changes to the engine season that leave no hash, root, sum or answer behind, by what they change. */
export const FORGERIES: readonly (readonly [string, (draft: Draft) => void])[] = [
  ["a contribution with its transfer", (d) => addTo(withTransfer(d, "Funded"), 1n)],
  ["a contribution's buyer", (d) => void (eventOf(d, "Funded").buyer = lower(accountNamed("thief").address))],
  ["who paid a contribution", (d) => void (withTransfer(d, "Funded").transfer.from = lower(accountNamed("x").address))],
  ["a contribution's round", (d) => void (eventOf(d, "Funded").round = 2)],
  ["a withdrawal with its transfer", (d) => addTo(withTransfer(d, "Withdrawn"), -1n)],
  [
    "the recipient of a withdrawal",
    (d) => {
      const { event, transfer } = withTransfer(d, "Withdrawn");
      event.to = transfer.to = lower(accountNamed("thief").address);
    },
  ],
  ["the recipient of a claim", (d) => void (lastTransferOf(d, "Claimed").to = lower(accountNamed("thief").address))],
  [
    "the recipient of a refund",
    (d) => void (withTransfer(d, "Refunded").transfer.to = lower(accountNamed("thief").address)),
  ],
  ["a refund with its transfer", (d) => addTo(withTransfer(d, "Refunded"), 1n)],
  ["the fee with its transfer", (d) => addTo(withTransfer(d, "FeePaid"), 1n)],
  ["a donation", (d) => void (donation(d).amount = "14")],
  ["a donation left out", (d) => void (d.chain.ledger = d.chain.ledger.filter(({ event }) => event !== donation(d)))],
  [
    "a payout left out",
    (d) => void (d.chain.ledger = d.chain.ledger.filter(({ event }) => event.name !== "Distributed")),
  ],
  [
    "a refund left out",
    (d) => {
      const { event, transfer } = withTransfer(d, "Refunded");
      d.chain.ledger = d.chain.ledger.filter((entry) => entry.event !== event && entry.event !== transfer);
    },
  ],
  [
    "a refund twice",
    (d) => {
      const { event, transfer } = withTransfer(d, "Refunded");
      const entry = { ...d.chain.ledger.at(-1)!, tx: `0x${"ee".repeat(32)}` as const };
      d.chain.ledger.push({ ...entry, log: entry.log + 1, event }, { ...entry, log: entry.log + 2, event: transfer });
    },
  ],
  ["a report's vector", (d) => void (d.bundles[0]!.reports[0]!.vector = bumped(d.bundles[0]!.reports[0]!.vector))],
  [
    "the vectors of all reports",
    (d) => {
      for (const report of d.bundles[1]!.reports) report.vector = bumped(report.vector);
    },
  ],
  ["the ruling's vector", (d) => void (eventOf(d, "Ruled").scores = bumped(eventOf(d, "Ruled").scores))],
  ["the ruling's root", (d) => void (eventOf(d, "Ruled").evidenceRoot = `0x${"a6".repeat(32)}`)],
  [
    "a ruling to uphold",
    (d) =>
      void Object.assign(eventOf(d, "Ruled"), {
        ruling: "uphold",
        evidenceRoot: `0x${"00".repeat(32)}`,
        scores: "0x",
      }),
  ],
  ["the reason of a challenge", (d) => void (eventOf(d, "Challenged").reason = `0x${"c5".repeat(32)}`)],
  [
    "the challenger",
    (d) => {
      const thief = lower(accountNamed("thief").address);
      d.chain = JSON.parse(
        JSON.stringify(d.chain).replaceAll(eventOf(d, "Challenged").challenger, thief),
      ) as Draft["chain"];
    },
  ],
  ["an evidence figure", (d) => editEvidence(d, (content) => content.replace(/,1\n/, ",1\n1,2\n"))],
  ["a row of evidence that scores nothing", (d) => editEvidence(d, (content) => content.replace(/\n$/, "\n\n"))],
  ["a salt", (d) => void (firstItem(d.bundles).salt = `0x${"5a".repeat(32)}`)],
  ["the name of evidence", (d) => void (firstItem(d.bundles).name = "other.csv")],
  ["the source of evidence", (d) => void (firstItem(d.bundles).source = "key:other")],
  ["the place of evidence among its parts", (d) => void (firstItem(d.bundles).sequence = 1)],
  ["when evidence was closed", (d) => void (d.bundles[0]!.freeze.frozenAt += 1)],
  ["the salt of a commitment", (d) => void (d.bundles[0]!.reports[0]!.salt = `0x${"5a".repeat(32)}`)],
  ["the deadline of a commitment", (d) => void (d.bundles[0]!.reports[0]!.commit.deadline += 1)],
  ["a report left out as if never committed to", (d) => void leaveOut(d)],
  ["a weight of the roster", (d) => respec(d, (spec) => void (spec.roster[0]!.weight += 1))],
  ["a name of the roster", (d) => respec(d, (spec) => void (spec.roster[0]!.name = "Fleet of friends"))],
  [
    "an account of the roster",
    (d) => {
      const [old, thief] = [
        d.bundles[0]!.spec.roster[0]!.account,
        `0x00${d.bundles[0]!.spec.roster[0]!.account.slice(4)}`,
      ];
      for (const key of ["chain", "bundles"] as const)
        Object.assign(d, {
          [key]: JSON.parse(
            JSON.stringify(d[key]).replaceAll(old, thief).replaceAll(old.slice(2), thief.slice(2)),
          ) as unknown,
        });
    },
  ],
  ["the payment rule", (d) => respec(d, (spec) => void (spec.payment.defaultRate = 10_000))],
  [
    "the threshold",
    (d) => {
      respec(d, (spec) => void (spec.oracle.threshold = 1));
      d.chain.oracle.threshold = 1;
    },
  ],
  [
    "a signer",
    (d) => {
      const [old, other] = [lower(oracleNodes()[0]!.address), lower(accountNamed("other node").address)];
      for (const key of ["chain", "bundles", "seal"] as const)
        Object.assign(d, { [key]: JSON.parse(JSON.stringify(d[key]).replaceAll(old, other)) as unknown });
    },
  ],
  ["the chain's signers alone", (d) => void d.chain.oracle.signers.pop()],
  [
    "the chain",
    (d) => {
      d.chain.chainId = d.seal.chainId = 1;
      for (const b of d.bundles) b.chainId = 1;
    },
  ],
  [
    "the fee of the terms",
    (d) => void (d.chain.terms = concatHex([slice(d.chain.terms, 0, 191), "0x0000", slice(d.chain.terms, 193)])),
  ],
  ["the implementation", (d) => void (d.chain.implementation = lower(accountNamed("code").address))],
  ["the factory", (d) => void (d.chain.factory = lower(accountNamed("factory").address))],
  ["the token's name", (d) => void (d.chain.token.symbol = "USD")],
  ["the token's decimals", (d) => void (d.chain.token.decimals = 18)],
  ["the head's hash", (d) => void (d.chain.head.hash = `0x${"ab".repeat(32)}`)],
  ["the head's number", (d) => void (d.chain.head.number += 1)],
  ["the head's time", (d) => void (d.chain.head.time += 1)],
  [
    "the time of a block",
    (d) => {
      const { block } = d.chain.ledger[3]!;
      for (const e of d.chain.ledger) if (e.block === block) e.time -= 1;
    },
  ],
  [
    "a transaction's hash",
    (d) => {
      const { tx } = d.chain.ledger[3]!;
      for (const e of d.chain.ledger) if (e.tx === tx) e.tx = `0x${"77".repeat(32)}`;
    },
  ],
  ["a log's number", (d) => void (d.chain.ledger.at(-1)!.log += 1)],
  ["a score of the result", (d) => void (d.result = ({ rounds }) => void (rounds[0]!.payouts[0]!.scoreBps = 1))],
  ["a payout of the result", (d) => void (d.result = ({ rounds }) => void (rounds[0]!.payouts[0]!.amount = "1"))],
  ["the report of the deviating node left out", (d) => void d.bundles[0]!.reports.pop()],
  ["a bundle less", (d) => void d.bundles.pop()],
  ["a cosignature less", (d) => void d.bundles[1]!.signatures.pop()],
];

/** Those that nothing but the seal gives away: what only the chain knows, and what a season can be without. */
export const ONLY_SEALED: ReadonlySet<string> = new Set([
  "who paid a contribution",
  "a withdrawal with its transfer",
  "the recipient of a withdrawal",
  "the recipient of a claim",
  "the recipient of a refund",
  "a donation",
  "a donation left out",
  "a refund left out",
  "the ruling's root",
  "the reason of a challenge",
  "the challenger",
  "the token's name",
  "the token's decimals",
  "the head's hash",
  "the head's number",
  "the time of a block",
  "a transaction's hash",
  "a log's number",
  "a cosignature less",
]);

function addTo({ event, transfer }: ReturnType<typeof withTransfer>, amount: bigint): void {
  event.amount = transfer.amount = String(BigInt(event.amount) + amount);
}

/** The same vector with a little less for its first provider: one unit of a metered pool. */
function bumped(vector: Hex): Hex {
  const units = Number(slice(vector, 2, 6));
  return concatHex([slice(vector, 0, 2), numberToHex(units - 1, { size: 4 }), slice(vector, 6)]);
}

function donation(draft: Draft) {
  const { pool, ledger } = draft.chain;
  const found = ledger.find(({ event }) => event.name === "Transfer" && event.to === pool && event.amount === "13");
  return found!.event as ReturnType<typeof withTransfer>["transfer"];
}

/** The transfer behind the last of the first run of events of that name. */
function lastTransferOf({ chain }: Draft, name: string) {
  const first = chain.ledger.findIndex(({ event }) => event.name === name);
  const found = chain.ledger.slice(first).find(({ event }) => event.name === "Transfer");
  return found!.event as ReturnType<typeof withTransfer>["transfer"];
}

function editEvidence({ bundles }: Draft, change: (content: string) => string): void {
  const item = firstItem(bundles);
  item.content = change(item.content);
}

function firstItem(bundles: Draft["bundles"]): EvidenceItem {
  return bundles[0]!.evidence[0] as EvidenceItem;
}

function leaveOut({ bundles }: Draft): void {
  const { node } = bundles[0]!.reports.pop()!;
  bundles[0]!.excluded.push({ node, reason: "no-reveal", messages: [] });
}

function respec(draft: Draft, change: (spec: Draft["bundles"][number]["spec"]) => void): void {
  for (const { spec } of draft.bundles) change(spec);
}
