import assert from 'node:assert/strict';
import { hostname, networkInterfaces } from 'node:os';
import { findMeetingPlace, onThisMachine } from '../../../src/core/torchrun/meetingPlace';
import { UserError } from '../../../src/core/userError';

describe('where machines meet', () => {
  it('is the loopback for the processes of one machine', () => {
    const { leads, address, networkInterface } = onThisMachine();
    assert.deepEqual([leads, address], [true, undefined]);
    assert.ok(networkInterfaces()[networkInterface!]!.every(({ internal }) => internal));
  });

  it('is led by the machine that has the address', async () => {
    for (const host of ['localhost', '127.0.0.1', hostname()]) {
      assert.equal((await findMeetingPlace(`${host}:29400`)).leads, true, host);
    }
    const [name, own] = Object.entries(networkInterfaces())
      .flatMap(([name, addresses]) => (addresses ?? []).map(address => [name, address] as const))
      .find(([, { internal, family }]) => !internal && family === 'IPv4') ?? ['', undefined];
    if (own) {
      assert.deepEqual(await findMeetingPlace(`${own.address}:29400`), {
        ...{ leads: true, address: own.address, networkInterface: name },
      });
      const elsewhere = await findMeetingPlace('192.0.2.1:29400');
      assert.deepEqual([elsewhere.leads, elsewhere.address], [false, own.address]);
    }
  });

  it('must be known', async () => {
    await assert.rejects(findMeetingPlace('no-such-machine.invalid:29400'), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^distributed\.rendezvous: there is no machine no-such-machine\.invalid/);
      return true;
    });
  });
});
