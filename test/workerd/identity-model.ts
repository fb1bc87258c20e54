/**
 * Who is who, said naively: people are sets of names, and joining is union. Written from the rules in words (Segment's
 * flat matching with limits; what a browser may and may not say), and shares nothing with the Directory but those.
 */

export type Trust = 'server' | 'browser';

export interface Person {
  names: Set<string>;
  events: Set<string>;
  orders: Set<string>;
  /** Points that somebody gave by hand. */
  given: number;
}

export interface Told {
  trust: Trust;
  /** `kind:value`, the strongest first. */
  names: string[];
  messageId: string;
  order: string | null;
  formerly: string | null;
}

const PERSONAL = /^(?:user|email|phone):/;
const MOST: Record<string, number> = { user: 1, email: 5, phone: 5 };
export const AMOUNTS: Record<string, number> = { o0: 10, o1: 20, o2: 30 };
export const MONEY_BACK = 5;

export class People {
  all: Person[] = [];
  readonly paid = new Set<string>();
  readonly refunded = new Set<string>();
  readonly #keys = new Set<string>();

  of(name: string): Person | null {
    return this.all.find((person) => person.names.has(name)) ?? null;
  }

  tell(told: Told): void {
    const person = this.#who(told);
    const before = told.formerly === null ? null : this.of(`user:${told.formerly}`);
    const survivor = before === null ? person : this.join(person, before);
    survivor.events.add(told.messageId);
    if (told.order !== null) {
      survivor.orders.add(told.order);
      this.paid.add(told.order);
    }
  }

  refund(order: string, messageId: string): void {
    const person = this.of(`order:${order}`) ?? this.#born([`order:${order}`]);
    person.events.add(messageId);
    this.refunded.add(order);
  }

  give(name: string, points: number, key: string): void {
    const person = this.of(name);
    if (person === null || this.#keys.has(key)) return;
    this.#keys.add(key);
    person.given += points;
  }

  merge(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)];
    if (one !== null && other !== null) this.join(one, other);
  }

  join(one: Person, other: Person): Person {
    if (one === other) return one;
    for (const name of other.names) one.names.add(name);
    for (const event of other.events) one.events.add(event);
    for (const order of other.orders) one.orders.add(order);
    one.given += other.given;
    this.all = this.all.filter((person) => person !== other);
    return one;
  }

  balance(person: Person): number {
    const worth = [...person.orders].filter((order) => this.paid.has(order)).map((order) => this.#worth(order));
    return worth.reduce((sum, points) => sum + points, person.given);
  }

  #worth(order: string): number {
    return (AMOUNTS[order] ?? 0) - (this.refunded.has(order) ? MONEY_BACK : 0);
  }

  #who({ trust, names, order }: Told): Person {
    const owner = order === null ? null : this.of(`order:${order}`);
    const waits = owner !== null && [...owner.names].every((name) => name.startsWith('order:'));
    if (owner !== null && !waits) return this.#nameMore(owner, names);
    let left = this.#believable(names, trust);
    for (let clash = this.#clash(left); clash !== null; clash = this.#clash(left)) {
      const demoted = clash;
      left = left.filter((name) => name !== demoted);
    }
    const people = [...new Set(left.map((name) => this.of(name)).filter((one) => one !== null))];
    if (waits && owner !== null) people.push(owner);
    const [first = this.#born([]), ...others] = people;
    const person = others.reduce((one, other) => this.join(one, other), first);
    for (const name of [...left, ...(order === null ? [] : [`order:${order}`])]) person.names.add(name);
    return person;
  }

  /** Names that nobody has yet go to the order's owner, where they fit beside those there and nobody else is named. */
  #nameMore(owner: Person, names: string[]): Person {
    const isOthers = (name: string) => ![null, owner].includes(this.of(name));
    if (names.some((name) => PERSONAL.test(name) && isOthers(name))) return owner;
    const free = names.filter((name) => this.of(name) === null);
    for (const name of free) {
      const [kind = ''] = name.split(':');
      const same = [...owner.names].filter((one) => one.startsWith(`${kind}:`)).length;
      if (same < (MOST[kind] ?? 100)) owner.names.add(name);
    }
    return owner;
  }

  /** An anonymous id says nothing of somebody named where it is another named one's; a browser's, nothing of any worth. */
  #believable(names: string[], trust: Trust): string[] {
    const personal = names.filter((name) => PERSONAL.test(name));
    if (personal.length === 0) return names;
    const meant = new Set(personal.map((name) => this.of(name)));
    return names.filter((name) => {
      const owner = name.startsWith('anonymous:') ? this.of(name) : null;
      if (owner === null || meant.has(owner)) return true;
      const itsNames = [...owner.names];
      if (trust === 'server') return !itsNames.some((one) => PERSONAL.test(one));
      const isWorthless = owner.given === 0 && owner.orders.size === 0;
      // nobody has to move where the name is new: then the history gets a name, and keeps its worth
      const moves = personal.some((one) => this.of(one) !== null);
      return itsNames.every((one) => one.startsWith('anonymous:')) && (isWorthless || !moves);
    });
  }

  /** The weakest name that would give one person too many of a kind; null where all can be one person's. */
  #clash(names: string[]): string | null {
    const parties = [...new Set(names.map((name) => this.of(name) ?? name))];
    for (const [kind, most] of Object.entries(MOST)) {
      const has = (party: Person | string) =>
        (typeof party === 'string' ? [party] : [...party.names]).filter((name) => name.startsWith(`${kind}:`));
      const involved = parties.filter((party) => has(party).length > 0);
      const total = new Set(involved.flatMap(has)).size;
      const strangers = involved.filter((party) => typeof party !== 'string').length;
      const sides = strangers + (involved.length > strangers ? 1 : 0);
      if (total > most && sides > 1) return names.findLast((name) => involved.includes(this.of(name) ?? name)) ?? null;
    }
    return null;
  }

  #born(names: string[]): Person {
    const person = { names: new Set(names), events: new Set<string>(), orders: new Set<string>(), given: 0 };
    this.all.push(person);
    return person;
  }
}
