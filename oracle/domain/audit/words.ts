/** How an audit was made. */
export interface AuditManner {
  readonly pinned: boolean;
  readonly live: boolean;
  readonly sealed: boolean;
  readonly judged: { readonly unseen: number; readonly claims: number };
  /** Held-out criteria that nobody has opened. */
  readonly unrevealed: number;
}

/** What a passed audit does not prove, in plain words. */
export function notProven({ pinned, live, sealed, judged, unrevealed }: AuditManner): string[] {
  return [
    "That the evidence tells the truth about the world: only that the scores follow from it.",
    "That no evidence was left out before the nodes signed for what is there.",
    "That the criteria of the outcome spec are what is good, and that its roster lists everybody it should.",
    "That the oracle's nodes are independent of each other, of the providers and of the buyers.",
    "That an arbiter who replaced or voided an assessment was right: a ruling carries no evidence that could be recomputed.",
    ...judgedLimits(judged),
    ...heldOutLimits(unrevealed),
    ...(pinned ? [] : ["That this is the pool you mean: pin its address, from a source you trust, with --pool."]),
    ...(live ? LIVE : [OFFLINE[sealed ? "sealed" : "unsealed"], FACTORY]),
  ];
}

function judgedLimits({ unseen, claims }: AuditManner["judged"]): string[] {
  if (claims === 0) return [];
  const models =
    "That the models understood what they read: only that they answered so, and that the scores follow from it.";
  if (unseen === 0) return [models];
  return [
    models,
    `What private evidence says: ${unseen} of ${claims} claims rest on it, and it was not at hand (--private).`,
  ];
}

function heldOutLimits(unrevealed: number): string[] {
  if (unrevealed === 0) return [];
  const [what, them] = unrevealed === 1 ? ["criterion", "it"] : ["criteria", "them"];
  return [`What the ${unrevealed} held-out ${what} asked for: nobody has revealed ${them} (--reveals).`];
}

const OFFLINE = {
  sealed:
    "That the export is what the chain says: offline this rests on the oracle nodes that signed the seal; --rpc reads it again.",
  unsealed: "That the export is what the chain says: nobody has sealed these files; --rpc reads it again.",
} as const;

const FACTORY =
  "That the pool's code is Guerdon's: its address follows from the factory named in the export; look it up.";

const LIVE = [
  "That the endpoint of --rpc answers honestly: use one you trust, better your own node.",
  "That the pool's code is Guerdon's: the factory says it made the pool; look up the factory.",
] as const;
