// Hand-made indexes over users in memory: what CREATE INDEX is to a database.
import { findFirst } from "./find-first.ts";
import { compareNewest, domainOf, type UserQuestions } from "./questions.ts";
import type { User } from "./user.ts";

export interface UserIndexes {
  /** Adds a user whom it does not have. Cheap for the newest of all; any other moves those that are newer. */
  readonly add: (user: User) => void;
  readonly questions: UserQuestions;
  /** Lists the newest users of all. */
  readonly listNewest: (limit: number) => User[];
}

/** Users in order, oldest first: whoever is new comes to the end. */
type Ordered = User[];

export function indexUsers(users: Iterable<User>): UserIndexes {
  const all: Ordered = [...users].sort((a, b) => compareNewest(b, a));
  const byDomain = new Map<string, Ordered>();
  /** Most emails are one user's, for whom an array of one would be a waste. */
  const byEmail = new Map<string, User | Ordered>();

  for (const user of all) addToMaps(user);

  function addToMaps(user: User): void {
    const domain = domainOf(user.email);
    const ofDomain = byDomain.get(domain);
    if (ofDomain === undefined) byDomain.set(domain, [user]);
    else insert(ofDomain, user);
    const ofEmail = byEmail.get(user.email);
    if (ofEmail === undefined) byEmail.set(user.email, user);
    else if (Array.isArray(ofEmail)) insert(ofEmail, user);
    else
      byEmail.set(
        user.email,
        [ofEmail, user].sort((a, b) => compareNewest(b, a)),
      );
  }

  return {
    add(user) {
      insert(all, user);
      addToMaps(user);
    },
    listNewest: (limit) => takeNewest(all, limit),
    questions: {
      byEmail: (email, limit) => takeNewest([byEmail.get(email) ?? []].flat(), limit),
      byDomain: (domain, limit) => takeNewest(byDomain.get(domain) ?? [], limit),
      since: (time, limit) => takeNewest(all, Math.min(limit, all.length - findSince(all, time))),
      countSince: (time) => all.length - findSince(all, time),
    },
  };
}

function insert(users: Ordered, user: User): void {
  let at = users.length;
  if (at > 0 && compareNewest(user, users[at - 1] as User) > 0)
    at = findFirst(users.length, (place) => compareNewest(users[place] as User, user) < 0);
  if (at === users.length) users.push(user);
  else users.splice(at, 0, user);
}

/** Returns the place of the first who was created then or later. */
function findSince(users: Ordered, time: string): number {
  return findFirst(users.length, (place) => (users[place] as User).created_at >= time);
}

function takeNewest(users: Ordered, limit: number): User[] {
  return users.slice(Math.max(0, users.length - limit)).reverse();
}
