import type { Receipt } from "../../../oracle/domain/receipt.ts";
import { localAccount } from "../../season/accounts.ts";
import { evidenceClient, type EvidenceClient } from "../support/evidence-client.ts";
import { endOf, midRound, playRound, type Played } from "../support/round-end.ts";
import { telemetry } from "../support/small-pool.ts";
import { balances, countAssessments, lostEvidence, saidTwice, wrongPayouts } from "./checks.ts";
import { pageWithText } from "./page.ts";

/** How a round ended. */
export interface RoundReport {
  readonly end: "settled" | "expired" | "stuck";
  /** Assessments beyond the one, failed ones too. */
  readonly duplicates: number;
  readonly lost: readonly string[];
  /** What is wrong besides. */
  readonly faults: readonly string[];
}

/** A round that is to be played. */
export interface PlayedRound extends Played {
  readonly round: number;
  /** Of the pool's manager, at the intake. */
  readonly client: EvidenceClient;
  /** Whether the manager signs in anew, and whether there is a document that takes long to be read: both only now and then. */
  readonly more: { readonly session: boolean; readonly page: boolean };
}

/** The client of a pool's manager. */
export function managerOf({ chain, small, nodes }: Played): EvidenceClient {
  return evidenceClient(nodes[0]!.url, localAccount("manager"), chain.chainId, small.pool);
}

/** Plays a round from its evidence to its payouts, and looks at what became of it. */
export async function playAndCheck(played: PlayedRound): Promise<RoundReport> {
  const { chain, small, round } = played;
  await chain.moveTo(Math.max(midRound(small, round), (await chain.now()) + 1));
  const [after, before] = [await chain.client.getBlockNumber({ cacheTime: 0 }), await balances(played)];
  const receipts = await sendAll(played);
  await playRound(played, round);
  const { end, said } = await endOf(played, round);
  const { succeeded, reverted } = await countAssessments(played, round, after);
  return {
    end,
    duplicates: Math.max(0, succeeded - 1) + reverted,
    lost: await lostEvidence(played, round, receipts),
    faults: [
      ...(end === "stuck" ? [`it is not over: ${said.join(", ")}`] : []),
      ...(await saidTwice(played, round)),
      ...(await wrongPayouts(played, round, before)),
    ],
  };
}

/** Evidence of every kind: telemetry that decides the result, a document, a private one that is erased again, a page to be read. */
async function sendAll({ client, small, round, more }: PlayedRound): Promise<Receipt[]> {
  if (more.session) client.forget();
  const { id, token } = await client.makeKey(small.spec);
  const receipts = [
    await client.sendTelemetry(token, round, 0, telemetry(round, 0)),
    await client.sendTelemetry(token, round, 1, telemetry(round, 1)),
    await client.sendDocument(round, note("note", `Round ${round}.`), false),
  ];
  const hidden = await client.sendDocument(round, note("hidden", `Between us, round ${round}.`), true);
  await client.erase(round, hidden.leaf);
  if (more.page) receipts.push(await client.sendDocument(round, pageWithText(`Flown in round ${round}`), false));
  await client.revokeKey(id);
  return [...receipts, hidden];
}

function note(name: string, text: string) {
  return { name: `${name}.txt`, mediaType: "text/plain", bytes: new TextEncoder().encode(text) };
}
