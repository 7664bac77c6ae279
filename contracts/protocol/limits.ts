/** Most providers of a pool that is not metered: 2 bytes a score and the evidence root must fit one chunk of contract code. */
export const MAX_PROVIDERS = 8191;

/** Most providers of a metered pool, where a record is a score of 2 bytes and units of 4. */
export const MAX_METERED_PROVIDERS = 4090;

/** Provider records of an enrolment, all but the last of which must be this long: 24 bytes each, in one chunk of contract code. */
export const PROVIDERS_PER_BATCH = 1023;

/** Most rounds of a pool. */
export const MAX_ROUNDS = 520;
