/** What is measured in every case: key and words. Gas of one call, unless the words say otherwise. */
export const OPERATIONS = {
  create: "create a pool",
  enrol: "enrol a batch",
  fundFirst: "fund: the pool's first money",
  fundRound: "fund: a round's first money",
  fundAgain: "fund: the same buyer again",
  fundPermit: "fund again with a permit",
  fundAuthorization: "fund again with an authorization",
  withdraw: "withdraw",
  assess: "assess, quorum of 2 of 3",
  challenge: "challenge",
  uphold: "rule: uphold",
  replace: "rule: replace",
  void: "rule: void",
  claimFirst: "claim: first of its bitmap word",
  claim: "claim: word in use",
  claimEmpty: "claim: word in use, to an empty balance",
  claimTwo: "claim: two rounds",
  claimTo: "claim to another address",
  claimSigned: "claim to another address, by signature",
  distribute: "distribute a batch",
  refund: "refund",
  payFee: "pay the fee",
  payBond: "pay the challenger",
  payArbiter: "pay the arbiter",
  largest: "largest call of all",
} as const;
export type Operation = keyof typeof OPERATIONS;

/** What the same is done with elsewhere, measured on the same chain. */
export const REFERENCES = {
  transfer: "bare transfer",
  transferFrom: "bare transferFrom",
  merkleClaim: "claim from a Merkle distributor: word in use",
  transferLoop: "bare loop of transfers, a batch",
} as const;
export type Reference = keyof typeof REFERENCES;

/** Gas of every operation in one case. */
export type Figures = Readonly<Record<Operation | Reference, number>>;

/** Most providers paid in one measured batch. */
export const PAID = 200;
