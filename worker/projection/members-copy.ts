/** Taking the copies of a segment or list away. */
import { inTime } from './apply.ts';

const SLICE = 500;

/** Deletes some of a group's members; answers how many, 0 where none was left. */
export async function forgetMembers(db: D1Database, shop: string, group: string): Promise<number> {
  const sql = `DELETE FROM member WHERE shop = ?1 AND target = ?2 AND customer IN (
    SELECT customer FROM member WHERE shop = ?1 AND target = ?2 ORDER BY since_ms, customer LIMIT ${SLICE}) RETURNING 1 AS one`;
  const { results } = await inTime(db.prepare(sql).bind(shop, group).all());
  return results.length;
}
