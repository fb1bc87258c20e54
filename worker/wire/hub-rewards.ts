/** What the drawer sends and receives of rewards. The widget imports these as types only. */
import type { z } from '@hono/zod-openapi';
import { Redeemed, Undone } from './rewards.ts';

export const HubRedeemed = Redeemed.omit({ customer: true }).openapi('HubRewardRedeemed');
export type HubRedeemed = z.infer<typeof HubRedeemed>;

export const HubUndone = Undone.omit({ customer: true }).openapi('HubRewardUndone');
export type HubUndone = z.infer<typeof HubUndone>;
