// What journeys at the billing desk share.

import { LANDSCAPE } from './stage.mjs';

export const [ISSUED, OWN, WRONG] = ['123456', '830571', '602847'];

/** Two people at a desk: `cashier` is the journey's own page. */
export async function seated(cashier) {
  const holder = await cashier.beside('holder', LANDSCAPE);
  await holder.screen('welcome');
  await cashier.screen('bill');
  return holder;
}

/** The cashier enters a bill. */
export async function bill(cashier, reference, yuan) {
  await cashier.page.locator('#reference').fill(reference);
  await cashier.page.locator('#amount').fill(yuan);
  await cashier.page.locator('button[type=submit]').click();
  await cashier.screen('work');
}

/** Nothing that went over the network has these digits in it. */
export function silent(assert, stages, ...secrets) {
  for (const { network } of stages) {
    assert.ok(network.length > 0);
    for (const said of network) for (const digits of secrets) assert.ok(!said.includes(digits), said);
  }
}
