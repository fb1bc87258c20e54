import { routes } from '../app.ts';

export const hub = routes();
