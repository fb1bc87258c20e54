/** The pasts that an object remembers between its calls: those asked for last, a bounded number of instants in all. */
import type { Database } from '../storage/database.ts';
import { CustomerHistory } from './history.ts';

const MOST_INSTANTS = 100_000;
const MOST_CUSTOMERS = 500;
/** How often the instants are counted: they grow by what is recorded meanwhile. */
const COUNT_EVERY = 500;

export class Histories {
  readonly #db: Database;
  readonly #kept = new Map<string, CustomerHistory>();
  #asked = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  of(customer: string): CustomerHistory {
    const known = this.#kept.get(customer);
    const history = known ?? new CustomerHistory(this.#db, customer);
    if (known !== undefined) this.#kept.delete(customer);
    this.#kept.set(customer, history);
    return history;
  }

  /** The past of a customer that is remembered; null where it is not. */
  known(customer: string): CustomerHistory | null {
    return this.#kept.get(customer) ?? null;
  }

  forget(customer: string): void {
    this.#kept.delete(customer);
  }

  /** Something was undone: nothing that was remembered can be relied on. */
  forgetAll(): void {
    this.#kept.clear();
  }

  /** The call's rows are written. */
  written(customers: Iterable<string>): void {
    for (const customer of customers) this.#kept.get(customer)?.written();
    this.#asked += 1;
    if (this.#asked % COUNT_EVERY !== 0 && this.#kept.size <= MOST_CUSTOMERS) return;
    let instants = [...this.#kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [customer, history] of this.#kept) {
      if (instants <= MOST_INSTANTS && this.#kept.size <= MOST_CUSTOMERS) return;
      instants -= history.size;
      this.#kept.delete(customer);
    }
  }
}
