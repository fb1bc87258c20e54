/** Every kind of job by its name: a new one is a file of its own and a line here. */
import { GENERATE_CODES } from '../codes/making.ts';
import { ADVANCE_CLOCK, advanceClock } from './advance-clock.ts';
import { BACK_FILL_CONNECTION, backFillConnection } from './back-fill-connection.ts';
import { compare } from './compare.ts';
import { DISTRIBUTE, distribute } from './distribute.ts';
import { EVALUATE_PROGRAMME, evaluateProgramme } from './evaluate-programme.ts';
import { EVALUATE_SEGMENTS, evaluateSegments } from './evaluate-segments.ts';
import { generateCodes } from './generate-codes.ts';
import { IMPORT_CODES, importCodes } from './import-codes.ts';
import { IMPORT, importFile } from './import-file.ts';
import type { JobKind } from './kind.ts';
import { LIABILITY, liability } from './liability.ts';
import { POINTS_IMPORT, pointsImport } from './points-import.ts';
import { UNDO_POINTS_IMPORT, undoPointsImport } from './points-import-undo.ts';
import { PREVIEW_SEGMENT, previewSegment } from './preview-segment.ts';
import { PREVIEW_TIERS, previewTiers } from './preview-tiers.ts';
import { rebuild } from './rebuild.ts';
import { SNAPSHOT_SEGMENT, snapshotSegment } from './snapshot-segment.ts';
import { VOUCHER_LINES, voucherLines } from './voucher-lines.ts';

export const JOB_KINDS: Record<string, JobKind> = {
  rebuild,
  compare,
  [ADVANCE_CLOCK]: advanceClock,
  [IMPORT]: importFile,
  [GENERATE_CODES]: generateCodes,
  [IMPORT_CODES]: importCodes,
  [VOUCHER_LINES]: voucherLines,
  [POINTS_IMPORT]: pointsImport,
  [UNDO_POINTS_IMPORT]: undoPointsImport,
  [LIABILITY]: liability,
  [DISTRIBUTE]: distribute,
  [BACK_FILL_CONNECTION]: backFillConnection,
  [EVALUATE_PROGRAMME]: evaluateProgramme,
  [PREVIEW_TIERS]: previewTiers,
  [EVALUATE_SEGMENTS]: evaluateSegments,
  [PREVIEW_SEGMENT]: previewSegment,
  [SNAPSHOT_SEGMENT]: snapshotSegment,
};
