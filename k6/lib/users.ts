// The seeded users: a pure function of (seed, index), so that seeder, load generators and checkers agree
// without a file. Only 32-bit integer arithmetic and dates, so that Node and k6's engine compute the same.
import { mix32 } from "./random.ts";

/** A user as it is stored and served, keys in this order. */
export interface SeededUser {
  /** Looks like a random version-4 UUID, lower case. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly created_at: string;
}

/** The seed of the lab's data, unless another is asked for. */
export const DEFAULT_SEED = 1;
/** Users with an index of this or more are not in any data file: ids for misses, bodies for POST. */
export const FIRST_UNSTORED_INDEX = 0x80000000;

// Some names take more than one byte a character, so that nothing may take bytes for characters.
const FIRST_NAMES = (
  "Ada Alan Amara Anders Barbara Bjarne Carlos Chen Chloé Dana Dennis Diego Edsger Elif Emeka Fatima " +
  "Frances Grace Hana Hedy Ibrahim Ines Ivan Jean John José Katherine Ken Lars Leslie Linus Lucía " +
  "Łukasz Mai Margaret Mary Mei Miguel Nadia Niklaus Noor Olga Omar Priya Radia Ravi Rosa Sana " +
  "Shafi Sofia Søren Tim Tomás Tony Uma Vint Wanda Whitfield Xia Yara Yukihiro Zara Zoë Zubair"
).split(" ");
const LAST_NAMES = (
  "Abadi Adeyemi Allen Backus Bachman Bayer Boyce Castro Cerf Chamberlin Codd Dahl Dijkstra Diop Engelbart " +
  "Fernández Garcia Gray Haddad Hamilton Hoare Hopper Ito Jensen Johnson Karp Khan Kim Knuth Kowalski Lamport " +
  "Lampson Liskov Lovelace McCarthy Mohan Müller Nakamura Nguyen Novak Okafor Olsen Patel Perlman Ramos Ritchie " +
  "Rivest Rossi Santos Sato Selinger Silva Singh Stonebraker Tanaka Tarjan Thompson Turing Ullman Wang Wirth " +
  "Yao Yılmaz Zhang"
).split(" ");

/** What stands behind the @ of an email; each user has one of them. */
export const DOMAINS = ["example.com", "example.net", "example.org", "lab.example"] as const;

/** Users are created from here on, in milliseconds since 1970, and within so many seconds. */
export const FIRST_CREATED_MS = Date.UTC(2020, 0, 1);
export const CREATED_SPAN_SECONDS = 6 * 365 * 24 * 3600;

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => (byte < 16 ? "0" : "") + byte.toString(16));

function hex16(value: number): string {
  return (HEX_BYTES[(value >>> 8) & 255] as string) + (HEX_BYTES[value & 255] as string);
}

/** Returns the id of one seeded user. Distinct for distinct indexes of one seed: the first 32 bits are
 * a bijection of the index. `index` is from 0 to 2^32 - 1. */
export function seededId(seed: number, index: number): string {
  const a = mix32(index ^ mix32(seed));
  const b = mix32(a ^ 0x2545f491 ^ seed);
  const c = mix32(b ^ 0x6c078965);
  const d = mix32(c ^ 0x1b873593);
  const version = hex16(0x4000 | (b & 0x0fff));
  const variant = hex16(0x8000 | (c & 0x3fff));
  return `${hex16(a >>> 16)}${hex16(a)}-${hex16(b >>> 16)}-${version}-${variant}-${hex16(c >>> 16)}${hex16(d >>> 16)}${hex16(d)}`;
}

/** Returns one seeded user. `seed` and `index` are integers from 0 to 2^32 - 1. */
export function seededUser(seed: number, index: number): SeededUser {
  const word = wordOf(seed, index);
  const first = FIRST_NAMES[word & 63] as string;
  const last = LAST_NAMES[(word >>> 6) & 63] as string;
  return {
    id: seededId(seed, index),
    name: `${first} ${last}`,
    email: `user${index}@${DOMAINS[domainOf(word)]}`,
    created_at: new Date(createdMsOf(word)).toISOString(),
  };
}

/** Returns what lists of users are ordered and chosen by, without the rest of the user: when one was created, in
 * milliseconds since 1970, and which of the domains the email has. */
export function seededTraits(seed: number, index: number): { createdMs: number; domain: number } {
  const word = wordOf(seed, index);
  return { createdMs: createdMsOf(word), domain: domainOf(word) };
}

function wordOf(seed: number, index: number): number {
  return mix32(index ^ mix32(seed ^ 0x7feb352d));
}

function domainOf(word: number): number {
  return (word >>> 22) & 3;
}

function createdMsOf(word: number): number {
  const second = mix32(word ^ 0x846ca68b) % CREATED_SPAN_SECONDS;
  return FIRST_CREATED_MS + second * 1000 + ((word >>> 12) % 1000);
}
