/** Migrations are read as text, by wrangler's rule and by the local build alike. */
declare module '*.sql' {
  const text: string;
  export default text;
}
