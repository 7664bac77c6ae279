import { setTimeout as pause } from "node:timers/promises";
import type { Hex } from "viem";
import { criteriaHash, type CriteriaDocument } from "../../../domain/criteria/document.ts";
import { confirm } from "../../../domain/criteria/version.ts";
import { InputError } from "../../../domain/errors.ts";
import type { Finding } from "../../../domain/lint/finding.ts";
import { hasErrors, lintCriteria } from "../../../domain/lint/lint.ts";
import { StoreUnavailable, type Store } from "../../../ports.ts";
import { endedKey, entriesOf, type ValuesId } from "../../../store/interviews.ts";
import {
  CLOSED,
  confirmedKey,
  confirmedSchema,
  criteriaKey,
  criteriaRowSchema,
  type Confirmed,
} from "../../../store/values.ts";
import type { Box } from "../box.ts";
import { InterviewRefusal, invalid } from "../refusal.ts";

/** How often a confirmation is made again because another of the same account came first. */
const ATTEMPTS = 20;

/** The edited criteria with who stands behind them. */
export interface ConfirmedCriteria {
  /** Of the document before anybody confirmed it: what a confirmation names. */
  readonly hash: Hex;
  /** With all confirmations in it: what a pool's spec takes once it is accepted. */
  readonly document: CriteriaDocument;
  /** In ascending order of accounts. */
  readonly confirmed: readonly { readonly account: Hex; readonly ids: readonly string[] }[];
  readonly findings: readonly Finding[];
  /** Whether a pool can be made with it: all is confirmed and the linter finds no error. */
  readonly accepted: boolean;
}

/** Criteria that came of values, edited by the organiser and confirmed by buyers. */
export interface Criteria {
  /** Another document voids all confirmations. @throws InterviewRefusal `invalid` */
  put(id: ValuesId, document: CriteriaDocument): Promise<ConfirmedCriteria>;
  /**
   * Notes that an account accepts criteria, beside those it accepted before.
   * @param hash of the document it has read
   * @throws InterviewRefusal `invalid`, `no-criteria`, `other-criteria`
   */
  confirm(id: ValuesId, account: Hex, hash: string, ids: readonly string[]): Promise<ConfirmedCriteria>;
  /** @throws InterviewRefusal `no-criteria` */
  read(id: ValuesId): Promise<ConfirmedCriteria>;
}

export function createCriteria({ store, box }: { store: Store; box: Box }): Criteria {
  async function row(id: ValuesId) {
    const text = await store.get(criteriaKey(id));
    if (text === null) throw new InterviewRefusal("no-criteria");
    return { text, ...criteriaRowSchema.parse(box.unseal(Buffer.from(text, "base64"), id, "criteria")) };
  }

  /** What an account confirmed, opened; `null` for what was confirmed of another document. */
  function given(id: ValuesId, account: string, text: string | null, hash: string): Confirmed | null {
    if (text === null) return null;
    const confirmed = confirmedSchema.parse(box.unseal(Buffer.from(text, "base64"), id, `confirmed/${account}`));
    return confirmed.hash === hash ? confirmed : null;
  }

  async function read(id: ValuesId): Promise<ConfirmedCriteria> {
    const { hash, document: edited } = await row(id);
    const prefix = confirmedKey(id, "");
    const confirmed = [];
    let document = edited;
    for await (const { key, value } of entriesOf(store, prefix)) {
      const account = key.slice(prefix.length) as Hex;
      const ids = given(id, account, value, hash)?.ids;
      if (ids === undefined) continue;
      confirmed.push({ account, ids });
      document = confirm(document, ids, account);
    }
    const findings = lintCriteria(document);
    return { hash, document, confirmed, findings, accepted: !hasErrors(findings) };
  }

  return {
    read,
    async put(id, document) {
      checkEdited(document);
      const hash = criteriaHash(document);
      const before = await row(id).catch((error: unknown) => {
        if (error instanceof InterviewRefusal) return null;
        throw error;
      });
      if (before?.hash !== hash) {
        const sealed = box.seal({ hash, document }, id, "criteria").toString("base64");
        await store.commit({ expect: { [endedKey(id)]: CLOSED }, put: { [criteriaKey(id)]: sealed } });
      }
      return read(id);
    },
    async confirm(id, account, hash, ids) {
      const key = confirmedKey(id, account);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = await row(id);
        if (found.hash !== hash) {
          throw new InterviewRefusal("other-criteria", { field: "body.hash", value: hash, limit: found.hash });
        }
        const text = await store.get(key);
        const all = [...new Set([...(given(id, account, text, hash)?.ids ?? []), ...ids])].sort();
        checkIds(found.document, all, account);
        const put = { [key]: box.seal({ hash, ids: all }, id, `confirmed/${account}`).toString("base64") };
        // Whoever confirms has read this document, and no other that came meanwhile.
        if ((await store.commit({ expect: { [criteriaKey(id)]: found.text, [key]: text }, put })).ok) return read(id);
        await pause(Math.random() * attempt);
      }
      throw new StoreUnavailable(`a confirmation changed ${ATTEMPTS} times meanwhile`);
    },
  };
}

/** @throws InterviewRefusal `invalid` for what is no first version, or confirmed in the name of others */
function checkEdited({ version, replaces, criteria }: CriteriaDocument): void {
  if (version !== 1) throw wrong("version", String(version), "1, the first version");
  if (replaces !== null) throw wrong("replaces", replaces, "null, as it is the first version");
  const place = criteria.findIndex(({ state }) => state.kind === "confirmed");
  if (place !== -1) {
    throw wrong(`criteria.${place}.state.kind`, "confirmed", "draft or template: buyers confirm criteria themselves");
  }
  const ids = criteria.map(({ id }) => id);
  const twice = ids.findIndex((id, i) => ids.indexOf(id) !== i);
  if (twice !== -1) throw wrong(`criteria.${twice}.id`, ids[twice]!, "an id of its own");
}

function checkIds(document: CriteriaDocument, ids: readonly string[], account: Hex): void {
  try {
    confirm(document, ids, account);
  } catch (error) {
    throw error instanceof InputError ? invalid("body", error) : error;
  }
}

function wrong(field: string, value: string, limit: string): InterviewRefusal {
  return new InterviewRefusal("invalid", { field: `body.${field}`, value, limit });
}
