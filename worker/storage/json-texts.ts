/** Lists as JSON, in as many texts as it takes for each to fit into one value of a statement. */

/** A value of a Durable Object's SQLite holds 2 MB, and a character takes up to three bytes. */
const LONGEST = 600_000;

/** `values` in their order, as JSON arrays of at most so many characters; a value longer than that stands alone. */
export function jsonTexts(values: unknown[]): string[] {
  const texts: string[] = [];
  let members: string[] = [];
  let length = 0;
  for (const value of values) {
    const member = JSON.stringify(value);
    if (members.length > 0 && length + member.length > LONGEST) {
      texts.push(`[${members.join(',')}]`);
      members = [];
      length = 0;
    }
    members.push(member);
    length += member.length + 1;
  }
  return members.length === 0 ? texts : [...texts, `[${members.join(',')}]`];
}
