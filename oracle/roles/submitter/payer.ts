import type { Hex } from "viem";
import type { OwedPayout, RoundFacts } from "../../ports.ts";
import { distributeIntent, payFeeIntent } from "./calls.ts";
import { givenUp, nextTry, rangesToPay, withSkipped, type Range } from "./payouts.ts";
import type { Heads } from "./ports.ts";
import { factsOf, providerCount } from "./pool-facts.ts";
import { firstProgress, type Kept, type Progress, type ProgressRows } from "./progress.ts";
import type { SubmitterParts, SubmitterState } from "./submitter.ts";
import { MOST_FAILURES } from "./outbox.ts";
import { isOver } from "./transaction.ts";
import { turnFrom, turnOrder } from "../../domain/round/turns.ts";

/** A settled round, and what the chain says of it in its final and in its newest block. */
interface Settled {
  readonly heads: Heads;
  readonly settled: RoundFacts;
  readonly latest: RoundFacts;
}

/** Progress whose ranges are all over. */
interface Over {
  readonly text: string | null;
  readonly progress: Progress;
  readonly over: { readonly tried: readonly Range[]; readonly size: number };
}

type Pays = (pool: Hex, round: number, round_: Settled) => Promise<SubmitterState>;

/** Pays out settled rounds: providers in batches, then the fee. Who cannot be paid is tried a few times more, alone, and then left. */
export function payer(parts: SubmitterParts, rows: ProgressRows): Pays {
  const { chain, outbox, node, settings, journal } = parts;
  const facts = factsOf(chain);
  const rule = settings.payoutRetries;

  async function start(pool: Hex, round: number, { text, progress }: Kept, time: number): Promise<Kept> {
    if (progress !== null) return { text, progress };
    await rows.write(pool, round, text, firstProgress(time, settings.batchSize));
    return rows.read(pool, round);
  }

  /** What everybody is owed still: unpaid in the final block, and in the newest. */
  async function owedNow(pool: Hex, round: number, heads: Heads): Promise<{ final: OwedPayout[]; open: OwedPayout[] }> {
    const count = providerCount(await facts(pool, heads.finalized));
    const [final, newest] = await Promise.all([
      chain.payouts(pool, round, 0, count, heads.finalized),
      chain.payouts(pool, round, 0, count, heads.latest),
    ]);
    return { final, open: final.filter(({ index, claimed }) => !claimed && !newest[index]!.claimed) };
  }

  /** What became of the ranges sent; `null` while one of them is under way. */
  async function outcome({ sent, size }: Progress): Promise<Over["over"] | null> {
    const all = await Promise.all(
      sent.map(async (range) => ({ ...range, state: (await outbox.get(range.id))?.state })),
    );
    if (all.some(({ state }) => state !== "done" && state !== "refused")) return null;
    // A range of several is refused as a whole, for its gas: that says nothing against those in it.
    const whole = all.filter(({ state, count }) => state === "refused" && count > 1);
    const smaller = whole.map(({ count }) => Math.floor(count / 2));
    return { tried: all.filter((range) => !whole.includes(range)), size: Math.min(size, ...smaller) };
  }

  return async (pool, round, { heads, settled, latest }) => {
    const now = heads.finalized.time;
    const { text, progress } = await start(pool, round, await rows.read(pool, round), now);
    if (progress === null || progress.complete) return { phase: "complete", unpaid: progress?.unpaid ?? 0 };
    const { oracle } = await facts(pool, heads.finalized);
    const from = turnFrom(turnOrder(oracle.signers, pool, round), node, progress.since, settings.handoverSeconds);
    if (from === null) return { phase: "idle", state: "settled" };
    if (progress.sent.length === 0 && heads.latest.time < from) return { phase: "waiting-turn", until: from };
    if (heads.latest.time < progress.restUntil) return { phase: "paying", unpaid: progress.unpaid };
    const over = await outcome(progress);
    if (over === null) {
      await resubmit(pool, round, progress);
      return { phase: "paying", unpaid: progress.unpaid };
    }
    return next(pool, round, { text, progress, over }, { heads, settled, latest });
  };

  /** Takes on what was written down but not taken on before the process ended; what is under way stays as it is. */
  async function resubmit(pool: Hex, round: number, { sent }: Progress): Promise<void> {
    for (const { id, from, count } of sent) {
      if ((await outbox.get(id)) !== null) continue;
      await outbox.submit(distributeIntent(pool, round, { from, count }, Number(id.split("/")[3])));
    }
  }

  /** Everything sent before is over: counts who was left out, and sends what is still to be. */
  async function next(pool: Hex, round: number, kept: Over, at: Settled) {
    const { heads } = at;
    const before = kept.progress;
    const { final, open } = await owedNow(pool, round, heads);
    const { skips, failed } = withSkipped(before.skips, kept.over.tried, final, rule, heads.latest.time);
    const ranges = rangesToPay(open, skips, rule, heads.latest.time, kept.over.size).slice(0, settings.batchesAtOnce);
    const intents = ranges.map((range, i) => distributeIntent(pool, round, range, before.calls + i));
    const sent = ranges.map((range, i) => ({ id: intents[i]!.id, ...range }));
    const lost = givenUp(final, skips, rule);
    const unpaid = final.filter(({ claimed, amount }) => !claimed && amount > 0n).length;
    const fee = await payFee(pool, round, before, at);
    const complete = unpaid === lost.length && fee.settled;
    const times = [nextTry(final, skips, rule), fee.settled ? Infinity : fee.progress.notBefore];
    const restUntil = sent.length > 0 || complete ? 0 : Math.min(...times);
    const after = {
      ...before,
      size: kept.over.size,
      sent,
      calls: before.calls + sent.length,
      skips,
      fee: fee.progress,
      unpaid,
      restUntil,
      complete,
    };
    if (!(await rows.write(pool, round, kept.text, after))) return { phase: "paying", unpaid } as const;
    for (const intent of intents) await outbox.submit(intent);
    for (const index of failed) {
      const { tries } = skips[index]!;
      await journal({ kind: "payout-skipped", pool, round, index, tries, last: tries >= rule.most });
    }
    if (sent.length > 0) await journal({ kind: "payouts-submitted", pool, round, ids: sent.map(({ id }) => id) });
    if (complete) await journal({ kind: "payouts-complete", pool, round, unpaid: lost });
    return { phase: complete ? "complete" : "paying", unpaid } as const;
  }

  /** Pays the fee where one is due; a recipient that cannot be paid is tried as often as a provider. */
  async function payFee(pool: Hex, round: number, { fee }: Progress, { heads, settled, latest }: Settled) {
    if (settled.fee === 0n || settled.feePaid || fee.tries >= rule.most) return { progress: fee, settled: true };
    const waits = { progress: fee, settled: false };
    if (latest.feePaid || heads.latest.time < fee.notBefore) return waits;
    const intent = payFeeIntent(pool, round);
    const known = await outbox.get(intent.id);
    if (known?.state === "refused" && known.time >= fee.notBefore && fee.tries > 0) {
      const tries = fee.tries + 1;
      return { progress: { tries, notBefore: known.time + rule.pauseSeconds * 2 ** (tries - 1) }, settled: false };
    }
    if (known !== null && known.failures >= MOST_FAILURES) return { progress: fee, settled: true };
    if (known !== null && !isOver(known)) return waits;
    await outbox.submit(intent);
    if (known === null) await journal({ kind: "fee-submitted", pool, round, id: intent.id });
    return { progress: { tries: Math.max(fee.tries, 1), notBefore: fee.notBefore }, settled: false };
  }
}
