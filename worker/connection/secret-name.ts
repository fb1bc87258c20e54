/** Under which name the shop keeps a connection's secret. */
export function secretName(connection: string): string {
  return `connection:${connection}`;
}
