import { openEngine } from '../../../src/core/engine/chooseEngine';
import { UserError } from '../../../src/core/userError';

/** What TensorFlow says where this machine's processor cannot multiply in bfloat16; undefined where it can. */
export async function refusalOfBfloat16(): Promise<string | undefined> {
  const { ops } = await openEngine('tensorflow');
  try {
    ops.inPrecision('bfloat16');
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
