import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { RoundId } from "../../store/rounds.ts";
import { checkOpen, checkRound, type Accepted, type AcceptParts } from "./accept.ts";
import { checkLinkName } from "./names.ts";
import type { LinkFetcher } from "./parts.ts";
import type { Submission } from "./submission.ts";

/** A link that somebody sends in place of what it leads to. */
export interface LinkSubmission extends RoundId, Pick<Submission, "source" | "private" | "subject"> {
  readonly url: string;
}

/**
 * Takes in what a link leads to now, under the link as its name. Nothing is fetched for a round that takes nothing in.
 * @throws IntakeRefusal
 */
export async function acceptLink(
  parts: AcceptParts & { readonly fetchLink: LinkFetcher },
  accept: (submission: Submission) => Promise<Accepted>,
  link: LinkSubmission,
): Promise<Accepted> {
  const { url: text, ...rest } = link;
  const url = parsed(text);
  checkLinkName(url.href);
  await checkRound(parts, link);
  await checkOpen(parts, link);
  const { bytes, mediaType } = await parts.fetchLink(url);
  return accept({ ...rest, kind: "link", name: url.href, mediaType, sequence: null, bytes });
}

function parsed(text: string): URL {
  if (!URL.canParse(text))
    throw new IntakeRefusal("link-form", { field: "url", value: text, limit: "an absolute link" });
  const url = new URL(text);
  // Not sent to servers, and would make two links of one.
  url.hash = "";
  return url;
}
