// What journeys at the agency counter share.

import { LANDSCAPE } from './stage.mjs';

/** Citizen numbers of the cards' made-up holders, and of an agent. */
export const HOLDERS = { w2: '420101198506150003', 'pin-blocked': '420101197001010000' };
export const AGENT = '420101195505050007';

/** Somebody hands certificate and key to the page. */
export async function papers(operator, who, name) {
  const files = operator.more[who].map((text, at) => ({ name: `${at}.pem`, mimeType: 'text/plain', buffer: Buffer.from(text) }));
  await operator.page.locator('#papers').setInputFiles(files);
  await operator.touch(name);
}

/** Wang Fang signs in; answers the holder's page. */
export async function seated(operator) {
  const holder = await operator.beside('holder', LANDSCAPE);
  await holder.screen('welcome');
  await operator.screen('sign_in');
  await papers(operator, 'wang', '登录');
  await operator.screen('desk');
  await operator.sees('王芳');
  return holder;
}

/** The whole checklist, sent. */
export async function apply(operator, { number, operation, reason = 'BLOCKED', agent }) {
  await operator.screen('form');
  const { page } = operator;
  await page.locator(`#agent-${agent ? 'YES' : 'NO'}`).check();
  await page.locator('#holder_number').fill(number);
  await page.locator('#holder_original_seen').check();
  if (agent) {
    await page.locator('#agent_number').fill(agent);
    await page.locator('#agent_original_seen').check();
  }
  await page.locator(`#reason-${reason}`).check();
  await page.locator(`#operation-${operation}`).check();
  await operator.touch('登记并核对');
}
