import { randomUUID } from "node:crypto";
import type { Hex } from "viem";
import { InputError } from "../../../domain/errors.ts";
import { cardSchema, type Card } from "../../../domain/values/card.ts";
import {
  checkVote,
  valuesHash,
  valuesRecord,
  valuesRecordSchema,
  votesOn,
  voteSchema,
  type ValuesRecord,
  type Vote,
} from "../../../domain/values/record.ts";
import type { BlobStore, Store } from "../../../ports.ts";
import { endedKey, entriesOf, type ValuesId } from "../../../store/interviews.ts";
import {
  ballotKey,
  cardKey,
  CLOSED,
  readRecord,
  recordKey,
  valuesBlobKey,
  VOTING,
  type About,
} from "../../../store/values.ts";
import type { Box } from "../box.ts";
import { InterviewRefusal, invalid } from "../refusal.ts";

/** What came of the votes. */
export interface Kept {
  readonly record: ValuesRecord;
  readonly hash: Hex;
}

/** Cards, votes on them, and what comes of both. All of it is encrypted. */
export interface Tally {
  /** In ascending order of ids. */
  cards(id: ValuesId): Promise<Card[]>;
  /** `null` where the account has not voted. */
  vote(id: ValuesId, account: string): Promise<Vote | null>;
  countVotes(id: ValuesId): Promise<number>;
  /** Takes a vote in place of the account's one before. @throws InterviewRefusal `invalid`, `not-voting` */
  cast(id: ValuesId, account: string, vote: Vote): Promise<void>;
  /** The record of values that are closed: made once, from what can change no more; whoever asks first has it made. */
  record(id: ValuesId, about: About): Promise<Kept>;
}

export function createTally({ store, blobs, box }: { store: Store; blobs: BlobStore; box: Box }): Tally {
  /** What stands under a prefix of keys, opened. */
  async function opened(id: ValuesId, kind: "card" | "ballot", prefix: string): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const { key, value } of entriesOf(store, prefix)) {
      found.push(box.unseal(Buffer.from(value, "base64"), id, `${kind}/${key.slice(prefix.length)}`));
    }
    return found;
  }

  async function cards(id: ValuesId): Promise<Card[]> {
    const found = (await opened(id, "card", cardKey(id, ""))).map((card) => cardSchema.parse(card));
    return found.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async function keptRecord(id: ValuesId): Promise<Kept | null> {
    const row = await readRecord(store, id);
    if (row === null) return null;
    const sealed = await blobs.get(valuesBlobKey(id, row.blob));
    if (sealed === null) throw new Error("the record of values is missing");
    return { hash: row.hash, record: valuesRecordSchema.parse(box.unseal(sealed, id, row.blob)) };
  }

  async function make(id: ValuesId, { plan: { title, languages } }: About): Promise<void> {
    const [told, ballots] = [await cards(id), await opened(id, "ballot", ballotKey(id, ""))];
    const votes = votesOn(
      told,
      ballots.map((ballot) => voteSchema.parse(ballot)),
    );
    const record = valuesRecord({ title, language: languages[0]!, cards: told, votes });
    const row = { hash: valuesHash(record), blob: randomUUID() };
    await blobs.put(valuesBlobKey(id, row.blob), box.seal(record, id, row.blob));
    const expect = { [recordKey(id)]: null, [endedKey(id)]: CLOSED };
    const { ok } = await store.commit({ expect, put: { [recordKey(id)]: JSON.stringify(row) } });
    if (!ok) await blobs.remove(valuesBlobKey(id, row.blob));
  }

  return {
    cards,
    async vote(id, account) {
      const text = await store.get(ballotKey(id, account));
      return text === null ? null : voteSchema.parse(box.unseal(Buffer.from(text, "base64"), id, `ballot/${account}`));
    },
    async countVotes(id) {
      let votes = 0;
      for await (const _ of entriesOf(store, ballotKey(id, ""))) votes++;
      return votes;
    },
    async cast(id, account, vote) {
      try {
        checkVote(vote, await cards(id));
      } catch (error) {
        throw error instanceof InputError ? invalid("body", error) : error;
      }
      const put = { [ballotKey(id, account)]: box.seal(vote, id, `ballot/${account}`).toString("base64") };
      if ((await store.commit({ expect: { [endedKey(id)]: VOTING }, put })).ok) return;
      throw new InterviewRefusal("not-voting", { field: "state", value: "closed", limit: "voting" });
    },
    async record(id, about) {
      const kept = await keptRecord(id);
      if (kept !== null) return kept;
      await make(id, about);
      return (await keptRecord(id))!;
    },
  };
}
