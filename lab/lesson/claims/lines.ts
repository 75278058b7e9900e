// Where the lines are drawn that several claims share. Pure.
import { about } from "../range.ts";

/** The sizes that the lessons speak of. */
export const SMALL = 10_000;
export const LARGE = 1_000_000;

export const FLAT = about(1, 1.25);
export const MEANS_FLAT = "counts as flat";
/** Exponents that count as growth in proportion. */
export const PROPORTIONAL = { low: 0.9, high: 1.1 };
/** "About" of a small ratio: a quarter more or less. */
export const ABOUT = 1.25;
