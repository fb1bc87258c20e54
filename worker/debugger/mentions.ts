/** Whether a text mentions an identifier: as a whole word, in any case of letters, as JSON may have written it. Pure. */

/** A test for any of the identifiers. It would rather find one too many: what it finds is only a log. */
export function mentions(identifiers: string[]): (text: string) => boolean {
  const needles = identifiers
    .filter((one) => one !== '')
    .flatMap((one) => [one.toLowerCase(), JSON.stringify(one).slice(1, -1).toLowerCase()]);
  return (text) => {
    const lower = text.toLowerCase();
    return needles.some((needle) => isWhole(lower, needle));
  };
}

function isWhole(text: string, needle: string): boolean {
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    if (!isWord(text[at - 1]) && !isWord(text[at + needle.length])) return true;
  }
  return false;
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}
